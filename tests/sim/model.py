"""A naive model of the routing core, to compare the core with (agree.py).

Written from the description of the rules alone (the sections of "behaviour" that each function names), never from the
core's source: plain lists, sorts and scans, everything worked out anew whenever it is asked for. Left out: External
Service, business hours, skills and what else goes beyond the guide, roles and accounts that change.

Readings chosen where the description leaves something open:

 2.6, 15   In a disabled department nobody works; only whom a user names, and bots that are counted (3.3), still do.
 3.2       An agent who is added is available, as the reference does; a logout leaves its mark only on who was available.
 3.4       Who is in a chat already (he joined it) is not refused as its agent: that adds nothing to his load.
 4 #5      Chats that found nobody are tried again in the order of service (20.5), which without priorities is the order
           of creation. When the waiting queue or manual routing is switched on, they come into the queue.
 5.3       A department without agents hands new chats to its fallback under manual routing too.
 14.2      The worker rests while nobody is queued. Which queue is next is found when its step is due. A changed delay
           counts for the step that is waited for. Who waits for an agent who is full is passed over. Without the
           waiting queue a change of the method or of the limits hands out what is queued at once.
 14.6      The time runs from the moment the chat came into the queue; messages do not begin it anew.
 15.3      A bot is chosen without a look at him; one who is not available is passed over then, for this chat.
 15.6      Full agents are chosen, as is written. By load, a chat so waits for one who is full with few chats while others
           with more chats and higher limits could take it. Whom these methods choose is not asked for 3.1 again,
           except where he is forwarded to (16.8, 18.1).
 15.9      The last agent is remembered at every assignment while the method is automatic, a forward included.
 16.1      Nobody else there: back to the queue where there is one (manual routing, waiting queue), else the chat stays.
           Switching the action off ends the waiting for those who left.
 16.2      At a full minute itself it is too late for the look of that minute. Chats nobody serves are not put on hold.
 16.5      Typed messages do not count as the last one.
 16.6      A chat that a user resumes after the visitor had his answer is not watched for 16.8.
 18.2      Under Auto Selection a department is full when somebody is there and only limits stand against all of them.
           A choice that falls on who has the chat does not use his turn. A fallback that is not allowed is none.
"""

SECOND, MINUTE = 1000, 60000
FIRST_MOMENT = 20000                    # of the driver's times, within its minute

CLOSED_BY_SYSTEM = "Closed automatically by the system"

AUTOMATIC = ("Auto_Selection", "Load_Balancing", "Load_Rotation")

DEFAULTS = {
    "Livechat_enabled": True,
    "Livechat_request_comment_when_closing_conversation": True,
    "Livechat_Routing_Method": "Auto_Selection",
    "Livechat_enabled_when_agent_idle": True,
    "Livechat_accept_chats_with_no_agents": False,
    "Livechat_assign_new_conversation_to_bot": False,
    "Livechat_waiting_queue": False,
    "Livechat_maximum_chats_per_agent": 0,
    "Livechat_last_chatted_agent_routing": False,
    "Omnichannel_contact_manager_routing": True,
    "Omnichannel_queue_delay_timeout": 5,
    "Livechat_max_queue_wait_time": -1,
    "Livechat_agent_leave_action": "none",
    "Livechat_agent_leave_action_timeout": 60,
    "Livechat_agent_leave_comment": "",
    "Livechat_visitor_inactivity_timeout": 3600,
    "Livechat_abandoned_rooms_action": "none",
    "Livechat_auto_close_on_hold_chats_timeout": 3600,
    "Livechat_allow_manual_on_hold": False,
    "Livechat_auto_transfer_chat_timeout": 0,
}


class Refused(Exception):
    """A command fails with an error's name; nothing has happened."""


class Agent:
    def __init__(self, name, roles, limit):
        self.name, self.roles, self.limit = name, roles, limit
        self.active = True
        self.status = self.default_status = self.connection = "offline"
        self.default_status = "online"
        self.available = "a" in roles
        self.system_modified = False
        self.count = 0                  # chats handed out without department
        self.last_routing = -1          # -1: never
        self.was_serving = False
        self.leave_at = None            # 16.1: when his chats are seen to

    def is_agent(self):
        return self.active and "a" in self.roles

    def is_bot(self):
        return "b" in self.roles


class Department:
    def __init__(self, name):
        self.name = name
        self.enabled = self.shown = True
        self.limit = 0
        self.fallback = None
        self.allowed = ()
        self.inactivity = 0
        self.closing_tag = None
        self.tag_needed = False


class Link:
    def __init__(self, department, agent):
        self.department, self.agent = department, agent
        self.count = self.order = 0


class Visitor:
    def __init__(self, number, username):
        self.number, self.username = number, username
        self.department = self.manager = self.last_agent = self.last_closed_agent = None


class Room:
    """A chat with its inquiry."""

    def __init__(self, number, visitor, department, now):
        self.number, self.visitor, self.department = number, visitor, department
        self.created = now
        self.status = "ready"
        self.served_by = self.default_agent = None
        self.on_hold = False
        self.waiting = True
        self.queued_at = None
        self.priority = None
        self.order, self.wait, self.service_at = 1, 0, now
        self.subscriptions = {}         # agent -> in his list
        self.visitor_wrote = None       # when he last did
        self.visitor_was_last = False   # the last message is his
        self.abandoned_at = None        # 16.2: P
        self.abandoned_known = None     # since when that is known
        self.hold_close_at = None       # 16.7
        self.transfer_at = None         # 16.8
        self.was_transferred = False


def by_turn(place):
    agent, counter, order = place
    return counter.count, order, agent.name


class Model:
    def __init__(self):
        self.now = 0
        self.settings = dict(DEFAULTS)
        self.agents, self.departments, self.links, self.rooms = [], [], [], []
        self.visitors = {}
        self.priorities = {}            # name -> minutes
        self.guests, self.opened = 1, 0
        self.closed = []                # told by this step
        self.worker_since = None        # when the worker began to wait for its next step
        self.worker_queue = None        # the queue it looked at last: a department, None for all chats
        self.worker_has_begun = False

    # --- looking things up -------------------------------------------------------------------------------------------

    def agent(self, name):
        """An unknown one is a mistake of the test (LookupError)."""
        return {a.name: a for a in self.agents}[name]

    def department(self, name):
        return {d.name: d for d in self.departments}[name]

    def room(self, number, closed="room-closed"):
        """The open chat of the visitor of that number; without one what is asked is refused."""
        room = next((r for r in self.rooms if r.visitor.number == int(number)), None)
        if room is None:
            raise Refused(closed)
        return room

    def links_of(self, department):
        return [l for l in self.links if l.department is department]

    def staff_of(self, department):
        """Those who work there; nobody in a disabled one."""
        return self.links_of(department) if department.enabled else []

    def is_automatic(self):
        return self.settings["Livechat_Routing_Method"] in AUTOMATIC

    # --- 3.1 online, 3.3 service, 3.4 limits ---------------------------------------------------------------------------

    def is_online(self, agent):
        """3.1"""
        if not agent.is_agent() or not agent.available:
            return False
        if self.settings["Livechat_enabled_when_agent_idle"]:
            return True
        return (agent.is_bot() or agent.status != "offline") and agent.connection != "away"

    def is_service_online(self, department, seen=()):
        """3.3, for a chat without preset agent"""
        if self.settings["Livechat_accept_chats_with_no_agents"]:
            return True
        bots = [l.agent for l in self.links_of(department)] if department else self.agents
        if self.settings["Livechat_assign_new_conversation_to_bot"] and any(a.is_agent() and a.is_bot() for a in bots):
            return True
        agents = [l.agent for l in self.staff_of(department)] if department else self.agents
        if any(self.is_online(a) for a in agents):
            return True
        if department is None or department.fallback is None or department in seen:
            return False
        return self.is_service_online(department.fallback, seen + (department,))

    def load(self, agent):
        """3.4: open subscriptions of his to chats that are not on hold"""
        return sum(1 for r in self.rooms if r.subscriptions.get(agent) and not r.on_hold)

    def load_in(self, agent, department):
        return sum(1 for r in self.rooms
                   if r.subscriptions.get(agent) and not r.on_hold and r.department is department)

    def is_full(self, agent, department):
        """3.4: the first positive limit of department, agent, workspace"""
        for limit in (department.limit if department else 0, agent.limit,
                      self.settings["Livechat_maximum_chats_per_agent"]):
            if limit > 0:
                return self.load(agent) >= limit
        return False

    def check_assignment(self, room, agent, department):
        """3.4, 15.1: what is asked at the moment of taking; an error's name or None"""
        if not self.is_online(agent):
            return "error-agent-status-service-offline"
        return self.check_limit(room, agent, department)

    def check_limit(self, room, agent, department):
        """The same for whom the method has just chosen by its own rule of who is there."""
        is_counted = agent in room.subscriptions and not room.on_hold
        if (self.settings["Livechat_waiting_queue"] and not agent.is_bot() and self.is_full(agent, department)
                and not is_counted):
            return "error-max-number-simultaneous-chats-reached"
        return None

    # --- 15 the methods --------------------------------------------------------------------------------------------------

    def places(self, department):
        """(agent, what counts the chats handed out to him, order): those of a department, or all."""
        if department:
            return [(l.agent, l, l.order) for l in self.staff_of(department)]
        return [(a, a, 0) for a in self.agents if a.is_agent()]

    def next_agent(self, department, ignored=None, unless=None):
        """Who the method chooses. Choosing counts even if the assignment fails afterwards, except when it is `unless`."""
        method = self.settings["Livechat_Routing_Method"]
        if method == "Manual_Selection":
            return None
        by_count = method == "Auto_Selection"
        agent, counter = (self.first_by_count if by_count else self.first_balanced)(department, ignored)
        if agent and agent is not unless:
            if by_count:
                counter.count += 1
            else:
                agent.last_routing = self.now
        return agent

    def first_by_count(self, department, ignored):
        """15.2"""
        places = [p for p in self.places(department)
                  if self.is_online(p[0]) and not self.is_full(p[0], department) and p[0] is not ignored]
        return min(places, key=by_turn, default=(None, None, 0))[:2]

    def first_balanced(self, department, ignored):
        """15.6: a rule of its own for who is there; full agents are chosen too"""
        by_load = self.settings["Livechat_Routing_Method"] == "Load_Balancing"
        agents = [p[0] for p in self.places(department)]
        agents = [a for a in agents if a.is_agent() and a.available and a.status != "offline" and a is not ignored]

        def place(agent):
            load = 0
            if by_load:
                load = self.load_in(agent, department) if department else self.load(agent)
            return load, agent.last_routing, agent.name
        return min(agents, key=place, default=None), None

    def choose(self, department):
        """20.3: a step of the method without a chat"""
        agent = self.next_agent(department and self.department(department))
        if agent is None:
            raise Refused("agent-not-found")
        return agent.name

    def next_bot(self, department):
        """15.3: chosen without a look at his state; one who is not available is then passed over"""
        bots = [p for p in self.places(department) if p[0].is_agent() and p[0].is_bot()]
        if not bots:
            return None
        bot, counter, _ = min(bots, key=by_turn)
        counter.count += 1
        return bot if self.is_online(bot) else None

    def delegate(self, room):
        """15.1: hands the chat to its preset agent or to the one of the method. False: it stays where it is."""
        preset = room.default_agent
        agent, check = preset, self.check_assignment
        if preset is None or not (self.is_online(preset) or preset.is_bot()):
            agent, check = self.next_agent(room.department), self.check_limit
        if agent is None:
            return False
        error = check(room, agent, room.department)
        if error is None:
            self.assign(room, agent)
            return True
        if (check == self.check_assignment and error == "error-max-number-simultaneous-chats-reached"
                and self.settings["Livechat_last_chatted_agent_routing"]):
            room.default_agent = None                   # 14.2
        return False

    def assign(self, room, agent):
        """4: every way into TAKEN"""
        room.status = "taken"
        room.default_agent = None
        room.queued_at = None
        room.subscriptions[agent] = True
        room.served_by = agent
        if self.settings["Livechat_last_chatted_agent_routing"] and self.is_automatic():
            room.visitor.last_agent = agent             # 15.9
        timeout = self.settings["Livechat_auto_transfer_chat_timeout"]
        if timeout > 0 and not room.was_transferred and room.transfer_at is None:
            room.transfer_at = self.now + timeout * SECOND      # 16.8

    def enqueue(self, room):
        room.status = "queued"
        room.queued_at = self.now

    # --- 5.2, 5.3 a new chat -------------------------------------------------------------------------------------------

    def preset_of(self, visitor, wished):
        """15.8, 15.9: the agent a new chat is meant for"""
        if wished:
            agent = self.agent(wished)
            if not self.is_online(agent):
                raise Refused("no-agent-online")
            return agent
        candidates = []
        if self.settings["Omnichannel_contact_manager_routing"]:
            candidates.append(visitor.manager)
        if self.settings["Livechat_last_chatted_agent_routing"]:
            candidates += [visitor.last_agent, visitor.last_closed_agent]
        return next((a for a in candidates if a and self.is_online(a)), None)

    def department_to_begin_with(self):
        """5.2 step 5"""
        for department in self.departments:
            if department.enabled and department.shown and any(self.is_online(l.agent) for l in self.staff_of(department)):
                return department
        return None

    def start(self, number, wished, priority):
        """5.2"""
        visitor = self.visitors[int(number)]
        if any(r.visitor is visitor for r in self.rooms):
            return "ok"
        if not self.settings["Livechat_enabled"]:
            raise Refused("error-omnichannel-is-disabled")
        preset = self.preset_of(visitor, wished)
        department = visitor.department
        if preset is None and department is None:
            department = self.department_to_begin_with()
        if preset is None and not self.is_service_online(department):
            raise Refused("no-agent-online")
        if priority and priority not in self.priorities:
            raise Refused("error-invalid-priority")
        self.opened += 1
        room = Room(self.opened, visitor, department, self.now)
        self.rooms.append(room)
        self.prioritize_room(room, priority)
        self.queue_step(room, preset, is_new=True)
        return "created"

    def queue_step(self, room, preset, is_new):
        """5.3"""
        if preset is None and is_new and self.settings["Livechat_assign_new_conversation_to_bot"]:
            preset = self.next_bot(room.department)
        room.default_agent = preset
        for_bot = preset is not None and preset.is_bot()
        if not self.is_automatic() and not for_bot:
            self.enqueue(room)
        department = room.department
        if (department and department.fallback and department.fallback in self.departments
                and not any(self.is_online(l.agent) for l in self.staff_of(department))):
            room.department = room.visitor.department = department.fallback
        if self.settings["Livechat_waiting_queue"] and room.status == "ready" and not for_bot:
            self.enqueue(room)
        if room.status == "ready":
            self.delegate(room)

    # --- 4 what agents do ------------------------------------------------------------------------------------------------

    def take(self, number, name):
        room, agent = self.room(number, "error-not-found"), self.agent(name)
        if room.status == "taken":
            raise Refused("error-inquiry-taken")
        error = self.check_assignment(room, agent, room.department)
        if error:
            raise Refused(error)
        self.assign(room, agent)
        return "ok"

    def give_back(self, number):
        """4: move to queue"""
        room = self.room(number)
        if room.on_hold:
            raise Refused("error-room-onHold")
        if room.served_by is None:
            return "ok"
        self.release(room)
        self.enqueue(room)
        return "changed"

    def release(self, room):
        """Nobody serves it any more."""
        room.served_by = room.default_agent = None
        room.subscriptions = {}
        room.status = "ready"
        room.abandoned_at = None

    def forward(self, number, wished, department, client):
        """18"""
        room = self.room(number, "error-invalid-room")
        if room.on_hold:
            raise Refused("error-room-onHold")
        if department:
            return self.forward_to_department(room, self.department(department), wished and self.agent(wished))
        return self.forward_to_agent(room, self.agent(wished), client)

    def forward_to_agent(self, room, agent, client):
        """18.1"""
        if not self.is_online(agent):
            raise Refused("error-user-is-offline")
        if agent is room.served_by:
            raise Refused("error-selected-agent-room-agent-are-same")
        error = self.check_assignment(room, agent, None)
        if error:
            if client:
                raise Refused(error)
            return "failed"
        self.hand_over(room, agent)
        return "ok"

    def hand_over(self, room, agent):
        room.subscriptions = {a: s for a, s in room.subscriptions.items() if a is agent}
        room.abandoned_at = None
        self.assign(room, agent)

    def forward_to_department(self, room, department, wished):
        """18.2"""
        if room.department and room.department.allowed and department.name not in room.department.allowed:
            raise Refused("error-forwarding-department-target-not-allowed")
        if department is room.department:
            raise Refused("error-forwarding-chat-same-department")
        if wished:
            if not self.is_online(wished):
                raise Refused("error-user-is-offline")
            if not any(l.agent is wished for l in self.links_of(department)):
                raise Refused("error-user-not-belong-to-department")
        if not self.is_automatic():
            self.release(room)
            room.department = room.visitor.department = department
            self.enqueue(room)
            return "ok"
        agent = wished or self.next_agent(department, unless=room.served_by)
        if agent is not None and agent is not room.served_by and self.check_limit(room, agent, department) is None:
            room.department = room.visitor.department = department
            self.hand_over(room, agent)
            return "ok"
        if self.settings["Livechat_waiting_queue"] and (
                self.are_full(department, but=room.served_by) if agent is None else agent is not room.served_by):
            self.release(room)
            room.department = room.visitor.department = department
            self.enqueue(room)
            return "ok"
        if room.served_by is None:
            room.department = room.visitor.department = department
            return "ok"
        if department.fallback:
            try:
                return self.forward_to_department(room, department.fallback, None)
            except Refused:
                pass                                    # the user did not ask for that department
        return "failed"

    def are_full(self, department, but):
        """14.1: somebody is there, and only his limit stands against him"""
        return self.settings["Livechat_Routing_Method"] == "Auto_Selection" and any(
            l.agent is not but and self.is_online(l.agent) and self.is_full(l.agent, department)
            for l in self.staff_of(department))

    def close(self, room, closer, by, comment):
        """5.5"""
        self.rooms.remove(room)
        self.closed.append(f" {room.number},{closer},{by},{comment}")
        if room.served_by:
            room.visitor.last_closed_agent = room.served_by

    def close_by(self, number, who, client, tag):
        room = self.room(number)
        if who != "v" and self.agent(who) not in room.subscriptions:
            raise Refused("error-not-authorized")
        if who == "v":
            self.close(room, "visitor", room.visitor.username, "bye")
            return "ok"
        if room.department and room.department.tag_needed and client and not tag:
            raise Refused("error-tags-must-be-assigned-before-closing-chat")
        self.close(room, "user", who, "bye")
        return "ok"

    def say(self, number, who):
        """5.4"""
        room = self.room(number)
        if who == "v" and not self.settings["Livechat_enabled"]:
            raise Refused("error-omnichannel-is-disabled")      # 6.1
        room.waiting = room.visitor_was_last = who == "v"
        if who == "v":
            room.visitor_wrote = self.now
            if room.on_hold:
                self.resume_by_visitor(room)
        else:
            self.agent(who)
            self.predict(room)
            room.transfer_at = None                             # 16.8
        return "ok"

    def join(self, number, name):
        """1.3, 3.4"""
        room, agent = self.room(number, "error-invalid-room"), self.agent(name)
        if agent in room.subscriptions:
            return "ok"
        if self.settings["Livechat_waiting_queue"] and self.is_full(agent, room.department):
            raise Refused("error-max-number-simultaneous-chats-reached")
        room.subscriptions[agent] = True
        return "ok"

    # --- 20.5 priorities ---------------------------------------------------------------------------------------------------

    def prioritize_room(self, room, priority):
        room.priority = priority
        if priority is None:
            room.order, room.wait, room.service_at = 1, 0, room.created
        else:
            due = self.priorities[priority]
            room.order, room.wait, room.service_at = 0, due, room.created + due * MINUTE

    def prioritize(self, number, priority):
        room = self.room(number, "error-invalid-room")
        if priority and priority not in self.priorities:
            raise Refused("error-invalid-priority")
        self.prioritize_room(room, priority)
        return "ok"

    def save_priority(self, name, minutes):
        if any(m == minutes for n, m in self.priorities.items() if n != name):
            raise Refused("error-duplicate-priority")
        self.priorities[name] = minutes
        for room in self.rooms:
            if room.priority == name:
                self.prioritize_room(room, name)
        return "ok"

    def remove_priority(self, name):
        if name not in self.priorities:
            raise Refused("error-invalid-priority")
        del self.priorities[name]
        for room in self.rooms:
            if room.priority == name:
                self.prioritize_room(room, None)
        return "ok"

    # --- 14.2 order of service, the worker -----------------------------------------------------------------------------------

    def waiting_as(self, status, department=None):
        """Chats of that status (of a department) in the order of service."""
        rooms = [r for r in self.rooms if r.status in status and (department is None or r.department is department)]
        return sorted(rooms, key=lambda r: (r.order, r.wait, r.service_at, r.number))

    def queued(self, department=None):
        return self.waiting_as(("queued",), department)

    def place(self, room):
        """14.4: in the department, or without one among all queued chats"""
        return self.queued(room.department).index(room) + 1 if room.status == "queued" else 0

    def worker_arm(self):
        """14.2: it runs while the method assigns and somebody is queued"""
        if not (self.settings["Livechat_enabled"] and self.is_automatic() and self.queued()):
            self.worker_since, self.worker_queue, self.worker_has_begun = None, None, False
        elif self.worker_since is None:
            self.worker_since = self.now

    def worker_at(self):
        """A change of the delay counts for the step that is waited for too."""
        delay = self.settings["Omnichannel_queue_delay_timeout"]
        return None if self.worker_since is None else self.worker_since + (delay if delay >= 1 else 5) * SECOND

    def worker_step(self, _):
        """One chat of the next queue: all chats, then each department with waiting ones, in the order of creation."""
        later = self.departments[self.departments.index(self.worker_queue) + 1:] if self.worker_queue else []
        if self.worker_queue is None and self.worker_has_begun:
            later = self.departments
        self.worker_queue = next((d for d in later if self.queued(d)), None)
        self.worker_since, self.worker_has_begun = self.now, True
        for room in self.queued(self.worker_queue):
            preset = room.default_agent
            if (preset and self.is_online(preset) and self.check_limit(room, preset, room.department)
                    and not self.settings["Livechat_last_chatted_agent_routing"]):
                continue                                # reserved for an agent who is full: he holds nobody else up
            self.delegate(room)
            break

    # --- 16 sessions -----------------------------------------------------------------------------------------------------------

    def watch_agents(self):
        """16.1: who stops serving, and who is back in time"""
        for agent in self.agents:
            serving = agent.is_agent() and agent.available and agent.status != "offline"
            if serving:
                agent.leave_at = None
            elif agent.was_serving and self.settings["Livechat_agent_leave_action"] != "none":
                agent.leave_at = self.now + self.settings["Livechat_agent_leave_action_timeout"] * SECOND
            agent.was_serving = serving

    def leave(self, agent):
        """16.1: his time is over"""
        agent.leave_at = None
        action = self.settings["Livechat_agent_leave_action"]
        for room in [r for r in self.rooms if r.served_by is agent]:
            if action == "close":
                self.close(room, "user", agent.name, self.settings["Livechat_agent_leave_comment"])
            elif action == "forward" and not room.on_hold:
                self.leave_room(room, agent)

    def leave_room(self, room, agent):
        other = self.next_agent(room.department, ignored=agent)
        if other and self.check_assignment(room, other, None) is None:
            self.hand_over(room, other)
        elif not self.is_automatic() or self.settings["Livechat_waiting_queue"]:
            self.release(room)
            self.enqueue(room)

    def predict(self, room):
        """16.2: when the silence of the visitor is abandonment"""
        timeout = self.settings["Livechat_visitor_inactivity_timeout"]
        if self.settings["Livechat_abandoned_rooms_action"] == "none" or timeout <= 0 or room.visitor_wrote is None:
            room.abandoned_at = None
            return
        own = room.department.inactivity if room.department else 0
        room.abandoned_known = self.now
        room.abandoned_at = room.visitor_wrote + (own if own > 0 else timeout) * SECOND

    def abandonment_check(self, room):
        """16.3: the full minute at which it is seen, or None"""
        action = self.settings["Livechat_abandoned_rooms_action"]
        if room.waiting or room.abandoned_at is None or action == "none" or (
                action == "on-hold" and (room.on_hold or room.served_by is None)):
            return None
        from_ms = max(room.abandoned_at, room.abandoned_known + 1)
        return -(-(from_ms + FIRST_MOMENT) // MINUTE) * MINUTE - FIRST_MOMENT

    def abandoned(self, room):
        """16.3"""
        if self.settings["Livechat_abandoned_rooms_action"] == "close":
            self.close(room, "user", "rocket.cat", CLOSED_BY_SYSTEM)
        else:
            self.put_on_hold(room)

    def put_on_hold(self, room):
        """16.5, 16.7"""
        room.on_hold = True
        timeout = self.settings["Livechat_auto_close_on_hold_chats_timeout"]
        room.hold_close_at = self.now + timeout * SECOND if timeout > 0 else None

    def hold(self, number, name):
        """16.5"""
        room, agent = self.room(number, "error-room-already-closed"), self.agent(name)
        if room.visitor_was_last:
            raise Refused("error-contact-sent-last-message-so-cannot-place-on-hold")
        if room.on_hold:
            raise Refused("error-room-is-already-on-hold")
        if room.served_by is None:
            raise Refused("error-unserved-rooms-cannot-be-placed-onhold")
        if agent not in room.subscriptions:
            raise Refused("error-not-authorized")
        if not self.settings["Livechat_allow_manual_on_hold"]:
            raise Refused("error-not-allowed")
        self.put_on_hold(room)
        return "ok"

    def off_hold(self, room):
        room.on_hold = False
        room.hold_close_at = room.abandoned_at = None

    def resume(self, number):
        """16.6, by a user"""
        room = self.room(number, "error-invalid-room")
        if not room.on_hold:
            raise Refused("room-closed")
        error = self.check_assignment(room, room.served_by, room.department)
        if error:
            raise Refused(error)
        self.off_hold(room)
        self.assign(room, room.served_by)
        if not room.waiting:
            room.transfer_at = None                     # he answered before
        return "ok"

    def resume_by_visitor(self, room):
        """16.6, 4 #12 and #13"""
        agent = room.served_by
        fits = self.check_assignment(room, agent, room.department) is None
        self.off_hold(room)
        if fits:
            self.assign(room, agent)
        else:
            self.release(room)
            self.queue_step(room, None, is_new=False)

    def unanswered(self, room):
        """16.8"""
        room.transfer_at = None
        if room.served_by is None or room.on_hold:
            return
        if not self.is_automatic():
            self.release(room)
            self.enqueue(room)
            room.was_transferred = True
            return
        agent = self.next_agent(room.department, ignored=room.served_by)
        if agent and self.check_assignment(room, agent, None) is None:
            room.was_transferred = True
            self.hand_over(room, agent)

    # --- deadlines -------------------------------------------------------------------------------------------------------------

    def queue_timeout(self, room):
        """14.6"""
        minutes = self.settings["Livechat_max_queue_wait_time"]
        return room.queued_at + minutes * MINUTE if room.status == "queued" and minutes > 0 else None

    def deadlines(self):
        """(moment, which comes first of equals, what happens, to whom) of all that is to come"""
        due = [(self.queue_timeout(r), 0, r.number, self.waited_too_long, r) for r in self.rooms]
        due.append((self.worker_at(), 1, 0, self.worker_step, None))
        due += [(a.leave_at, 2, i, self.leave, a) for i, a in enumerate(self.agents)]
        due += [(self.abandonment_check(r), 3, r.number, self.abandoned, r) for r in self.rooms]
        due += [(r.hold_close_at, 4, r.number, self.held_too_long, r) for r in self.rooms]
        due += [(r.transfer_at, 5, r.number, self.unanswered, r) for r in self.rooms]
        return [d for d in due if d[0] is not None]

    def next_deadline(self):
        return min((d[0] for d in self.deadlines()), default=-1)

    def waited_too_long(self, room):
        """14.6"""
        self.close(room, "user", "rocket.cat", CLOSED_BY_SYSTEM + " (queue maximum time exceeded)")

    def held_too_long(self, room):
        """16.7"""
        self.close(room, "user", "rocket.cat", CLOSED_BY_SYSTEM)

    def tick(self):
        """The first of what is due by now."""
        due = [d for d in self.deadlines() if d[0] <= self.now]
        if due:
            _, _, _, happen, what = min(due, key=lambda d: d[:3])
            happen(what)
        return "ok"

    def settle(self):
        """After everything: 4 #5, chats that found nobody are tried again in the order of creation; the worker's clock."""
        for room in self.waiting_as(("ready",)):
            for_bot = room.default_agent is not None and room.default_agent.is_bot()
            if not for_bot and (self.settings["Livechat_waiting_queue"] or not self.is_automatic()):
                self.enqueue(room)
            else:
                self.delegate(room)
        self.worker_arm()
        self.watch_agents()

    # --- people -----------------------------------------------------------------------------------------------------------------

    def save_user(self, name, roles, limit, active):
        agent = next((a for a in self.agents if a.name == name), None)
        if agent is None:
            self.agents.append(Agent(name, roles, int(limit)))
            return "ok"
        agent.limit = int(limit)
        return "ok"

    def presence(self, agent):
        """What others see: offline without a connection; else what he chose, or what the connection says."""
        if agent.connection == "offline" or agent.default_status == "offline":
            agent.status = "offline"
        else:
            agent.status = agent.connection if agent.default_status == "online" else agent.default_status

    def connect(self, name, connection):
        agent = self.agent(name)
        agent.connection = connection
        self.presence(agent)
        return "ok"

    def set_status(self, name, status):
        agent = self.agent(name)
        agent.default_status = agent.status = status
        return "ok"

    def set_service(self, name, available):
        """3.2"""
        agent = self.agent(name)
        if not agent.is_agent():
            raise Refused("error-not-allowed")
        if agent.available != available:
            agent.available = available
            agent.system_modified = False
        return "ok"

    def login(self, name):
        """3.2"""
        agent = self.agent(name)
        if agent.is_agent() and not agent.is_bot() and agent.system_modified:
            agent.available, agent.system_modified = True, False
        return "ok"

    def logout(self, name):
        """3.2"""
        agent = self.agent(name)
        if agent.is_agent() and not agent.is_bot() and agent.available:
            agent.available, agent.system_modified = False, True
        return "ok"

    def save_department(self, name, enabled, shown, limit, fallback, allowed, inactivity, tag, tag_needed):
        """2.6"""
        if fallback == name:
            raise Refused("error-fallback-department-circular")
        if fallback and all(d.name != fallback for d in self.departments):
            raise Refused("error-fallback-department-not-found")
        fallback = fallback and self.department(fallback)
        if tag_needed == "1" and not tag:
            raise Refused("error-validating-department-chat-closing-tags")
        department = next((d for d in self.departments if d.name == name), None)
        at = fallback
        while department and at:
            if at is department:
                raise Refused("error-fallback-department-circular")
            at = at.fallback
        if department is None:
            department = Department(name)
            self.departments.append(department)
        department.enabled, department.shown = enabled == "1", shown == "1"
        department.limit, department.inactivity = int(limit), int(inactivity)
        department.fallback = fallback
        department.allowed = tuple(allowed.split(",")) if allowed else ()
        department.closing_tag, department.tag_needed = tag, tag_needed == "1"
        return "ok"

    def link(self, name, *rest):
        """2.6"""
        department = self.department(name)
        for user, count, order in zip(rest[::3], rest[1::3], rest[2::3]):
            agent = self.agent(user)
            found = next((l for l in self.links_of(department) if l.agent is agent), None)
            if found is None:
                found = Link(department, agent)
                self.links.append(found)
            found.count = int(count) if count else found.count
            found.order = int(order) if order else found.order
        return "ok"

    def unlink(self, name, *users):
        self.links = [l for l in self.links if l.department.name != name or l.agent.name not in users]
        return "ok"

    def save_visitor(self, number, department, manager):
        """5.1"""
        visitor = self.visitors.get(int(number))
        if visitor is None:
            self.guests += 1
            visitor = self.visitors[int(number)] = Visitor(int(number), f"guest-{self.guests}")
        if department:
            visitor.department = self.department(department)
        visitor.manager = manager and self.agent(manager)
        return "ok"

    # --- settings ------------------------------------------------------------------------------------------------------------------

    def set(self, *pairs):
        before = dict(self.settings)
        for key, text in zip(pairs[::2], pairs[1::2]):
            old = DEFAULTS[key]
            self.settings[key] = text == "true" if isinstance(old, bool) else int(text) if isinstance(old, int) else text
        restart = ("Livechat_Routing_Method", "Livechat_enabled")
        if any(before[k] != self.settings[k] for k in restart):
            self.worker_since, self.worker_queue, self.worker_has_begun = None, None, False
        if any(before[k] != self.settings[k] for k in restart + (
                "Livechat_waiting_queue", "Livechat_enabled_when_agent_idle", "Livechat_maximum_chats_per_agent")):
            self.method_changed()
        if self.settings["Livechat_agent_leave_action"] == "none":
            for agent in self.agents:
                agent.leave_at = None                   # 16.1
        if any(before[k] != self.settings[k] for k in ("Livechat_abandoned_rooms_action",
                                                       "Livechat_visitor_inactivity_timeout")):
            for room in self.rooms:
                self.predict(room)                      # 16.2
        return "ok"

    def method_changed(self):
        """15.1: takes effect at once on what is waiting, in the order of service"""
        if self.is_automatic() and not self.settings["Livechat_waiting_queue"]:
            for room in self.waiting_as(("ready", "queued")):
                self.delegate(room)

    # --- one step --------------------------------------------------------------------------------------------------------------------

    def step(self, now, verb, args):
        """The answer that the driver must give to the same line."""
        self.now = now
        self.closed = []
        args = [None if a == "-" else a for a in args]
        try:
            result = VERBS[verb](self, *args)
        except Refused as refused:
            result = str(refused)
        else:
            self.settle()
        return self.answer(result)

    def answer(self, result):
        def name(thing):
            return thing.name if thing else "-"
        rooms, agents, links = [], [], []
        for r in self.rooms:
            subs = "".join(("+" if r.subscriptions[a] else "~") + a.name for a in self.agents if a in r.subscriptions)
            rooms.append(f" {r.number},{r.visitor.number},{r.status},{name(r.served_by)},{name(r.department)},{name(r.default_agent)},"
                         f"{'hold' if r.on_hold else '-'},{'waiting' if r.waiting else '-'},{self.place(r)},"
                         f"{r.order},{r.wait},{r.service_at},{name(r.visitor.department)},{name(r.visitor.last_agent)}{subs}")
        for a in self.agents:
            if a.is_agent():
                agents.append(f" {a.name},{a.status},{'available' if a.available else '-'},"
                              f"{'system' if a.system_modified else '-'},{self.load(a)},{a.count},{a.last_routing}")
        for d in self.departments:
            for a in self.agents:
                links += [f" {d.name},{a.name},{l.count},{l.order}" for l in self.links_of(d) if l.agent is a]
        return "|".join([result, "".join(self.closed), "".join(rooms), "".join(agents), "".join(links),
                         str(self.next_deadline())])


VERBS = {
    "set": Model.set,
    "user": Model.save_user,
    "service": lambda m, name, on, by_other=None: m.set_service(name, on == "1"),
    "status": Model.set_status,
    "connection": Model.connect,
    "login": Model.login,
    "logout": Model.logout,
    "department": Model.save_department,
    "link": Model.link,
    "unlink": Model.unlink,
    "priority": lambda m, name, minutes: m.save_priority(name, int(minutes)),
    "priority-remove": Model.remove_priority,
    "visitor": Model.save_visitor,
    "start": Model.start,
    "say": Model.say,
    "take": lambda m, number, who, name, *rest: m.take(number, name),
    "return": lambda m, number, *rest: m.give_back(number),
    "forward": lambda m, number, who, name, department, client, *rest: m.forward(number, name, department, client == "1"),
    "join": lambda m, number, who, name, *rest: m.join(number, name),
    "hold": lambda m, number, who, name, *rest: m.hold(number, name),
    "resume": lambda m, number, *rest: m.resume(number),
    "close": lambda m, number, who, name, department, client, tag=None: m.close_by(number, who, client == "1", tag),
    "prioritize": lambda m, number, who, priority: m.prioritize(number, priority),
    "agent-next": lambda m, department=None: m.choose(department),
    "tick": lambda m: m.tick(),
}
