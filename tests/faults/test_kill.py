"""usherd is killed with -9 at random moments while eight visitors write. Every message that was acknowledged is there
after the restart, none twice; a message that was not acknowledged is sent again with the same id and is not a second
one. KILLS (20) and SEED (random, printed) come from the environment; `make soak` sets KILLS to 1000."""
import http.client
import os
import random
import threading

from support.daemon import LIMIT, Refused, Rest, Visitor

WRITERS = 8
PER_ROUND = 400          # acknowledged messages, at most, until the kill
CHAT_ROUNDS = 5          # then a writer begins the next chat


class Writer(threading.Thread):
    """Says message after message; gone() while the server is away, and then the same again."""

    def __init__(self, usherd, number, up, acknowledge):
        super().__init__(daemon=True)
        self.usherd, self.number, self.up, self.acknowledge = usherd, number, up, acknowledge
        self.said = 0
        self.chats = []              # [visitor token, rid, ids acknowledged]
        self.next_chat = threading.Event()
        self.end = threading.Event()
        self.failure = None

    def run(self):
        try:
            while not self.end.is_set():
                self.up.wait(LIMIT)
                if not self.chats or self.next_chat.is_set():
                    self.next_chat.clear()
                    self.begin_chat()
                else:
                    self.say()
        except BaseException as failure:  # pylint: disable=broad-except
            self.failure = failure

    def until_done(self, call):
        """The call, again and again until a server has answered it."""
        while not self.end.is_set():
            try:
                return call()
            except (OSError, http.client.HTTPException):
                self.usherd_is_gone()
        return None

    def usherd_is_gone(self):
        self.up.wait(LIMIT)

    def begin_chat(self):
        token = f"writer-{self.number}-chat-{len(self.chats)}"
        visitor = self.until_done(lambda: Visitor(self.usherd.port, token, f"Writer {self.number}"))
        if visitor and self.until_done(visitor.open):
            if self.chats:
                self.chats[-1][0].rest.close()
            self.chats.append((visitor, []))

    def say(self):
        visitor, acknowledged = self.chats[-1]
        message_id = f"m-{self.number}-{self.said}"
        tries = [0]

        def once():
            tries[0] += 1
            try:
                visitor.say(f"message {self.said} of {self.number}", message_id)
            except Refused as refused:
                # The id is known: the first try was stored, only its answer was lost.
                if tries[0] == 1 or refused.status != 400 or refused.body != {"success": False}:
                    raise
            return True
        if self.until_done(once):
            acknowledged.append(message_id)
            self.said += 1
            self.acknowledge()


class Counter:
    """Lets the test wait for the n-th acknowledged message."""

    def __init__(self):
        self.n, self.changed = 0, threading.Condition()

    def add(self):
        with self.changed:
            self.n += 1
            self.changed.notify_all()

    def wait(self, n, writers):
        with self.changed:
            while self.n < n:
                assert self.changed.wait(LIMIT), "no message was acknowledged for a long time"
                assert not any(w.failure for w in writers), [w.failure for w in writers if w.failure]


def stored(admin, visitor):
    """Ids in the store, oldest first, of what was said."""
    rest, ids, offset = Rest(visitor.rest.port), [], 0
    while True:
        page = rest.get(f"livechat/messages.history/{visitor.rid}", token=visitor.token, limit=1000, offset=offset)["messages"]
        ids += [m["_id"] for m in page if "t" not in m]
        offset += len(page)
        if len(page) < 1000:
            rest.close()
            return ids[::-1]


def check(admin, chats):
    """Acknowledged: there, once, in order. At most one more per chat: the last, whose answer was lost."""
    for visitor, acknowledged, complete in chats:
        ids = stored(admin, visitor)
        assert len(ids) == len(set(ids)), f"twice: {[i for i in ids if ids.count(i) > 1][:5]}"
        assert ids[:len(acknowledged)] == acknowledged, f"lost: {sorted(set(acknowledged) - set(ids))[:5]}"
        assert len(ids) - len(acknowledged) <= (0 if complete else 1)


def test_kill(usherd):
    kills = int(os.environ.get("KILLS", "20"))
    seed = int(os.environ.get("SEED", "0")) or random.SystemRandom().randrange(1, 2**32)
    print(f"SEED={seed} KILLS={kills}")
    rnd = random.Random(seed)
    up, counter = threading.Event(), Counter()
    writers = [Writer(usherd, i, up, counter.add) for i in range(WRITERS)]
    up.set()
    for writer in writers:
        writer.start()
    for n in range(kills):
        counter.wait(counter.n + rnd.randrange(1, PER_ROUND), writers)
        up.clear()
        usherd.kill()
        # What stands now was acknowledged for certain; nobody gets an answer while nothing runs.
        before = [(w.chats[-1][0], list(w.chats[-1][1]), False) for w in writers if w.chats]
        usherd.start()
        check(usherd.admin(), before)
        if n % CHAT_ROUNDS == CHAT_ROUNDS - 1:
            for writer in writers:
                writer.next_chat.set()
        up.set()
    counter.wait(counter.n + 50, writers)
    for writer in writers:
        writer.end.set()
    for writer in writers:
        writer.join(LIMIT)
        assert not writer.is_alive() and writer.failure is None, writer.failure
    assert usherd.stop() == 0
    usherd.start()
    check(usherd.admin(), [(v, ids, True) for w in writers for v, ids in w.chats])
    rooms = usherd.admin().get("livechat/rooms", count="0")["rooms"]
    rids = [v.rid for w in writers for v, _ in w.chats]
    assert sorted(r["_id"] for r in rooms) == sorted(rids), "each visitor has the one room that he was told"
    print(f"{counter.n} messages in {len(rids)} chats")
