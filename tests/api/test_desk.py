"""What agents need beyond Rocket.Chat's calls: offers, pauses, dispositions, skills (/usher/v1, settings of the section usher)."""
import pytest
from people import Chat, coded, make_agent, ok


@pytest.fixture
def desk(start):
    """A daemon of its own, whose settings a test may change."""
    daemon = start()
    daemon.boss = daemon.admin()
    daemon.boss.set(Livechat_registration_form=False)
    return daemon


def inquiry_of(desk, chat):
    return ok(desk.boss.get("livechat/inquiries.getOne", {"roomId": chat.rid}))["inquiry"]


def room_of(desk, chat):
    return ok(desk.boss.get("rooms.info", {"roomId": chat.rid}))["room"]


def test_an_offer_survives_a_restart(desk):
    """The one who is asked, his time, and who has declined already."""
    agents = sorted((make_agent(desk, desk.boss) for _ in range(2)), key=lambda a: a.username)
    desk.boss.set(Usher_offer_chats=True, Usher_offer_timeout=60)
    chat = Chat(desk)
    assert inquiry_of(desk, chat)["offer"]["agentId"] == agents[0].user_id
    ok(agents[0].post("/usher/v1/rooms/%s/decline" % chat.rid))
    offer = inquiry_of(desk, chat)["offer"]
    assert offer["agentId"] == agents[1].user_id
    assert desk.stop() == 0
    desk.start()
    desk.boss = desk.admin()
    assert inquiry_of(desk, chat)["offer"] == offer
    desk.advance(61000)
    assert "offer" not in inquiry_of(desk, chat), "both have been asked"
    desk.advance(61000)
    assert inquiry_of(desk, chat)["offer"]["agentId"] == agents[0].user_id, "and are asked again"


def test_only_the_one_who_is_asked_answers(desk):
    agents = sorted((make_agent(desk, desk.boss) for _ in range(2)), key=lambda a: a.username)
    desk.boss.set(Usher_offer_chats=True)
    chat = Chat(desk)
    inquiry = inquiry_of(desk, chat)
    coded(agents[1].post("/usher/v1/rooms/%s/decline" % chat.rid), "error-not-offered")
    coded(agents[0].post("/usher/v1/rooms/nothing/decline"), "error-not-found")
    coded(agents[1].post("livechat/inquiries.take", {"inquiryId": inquiry["_id"]}), "error-inquiry-offered")
    ok(agents[0].post("livechat/inquiries.take", {"inquiryId": inquiry["_id"]}))
    assert room_of(desk, chat)["servedBy"]["_id"] == agents[0].user_id
    coded(agents[0].post("/usher/v1/rooms/%s/decline" % chat.rid), "error-not-offered")


def test_a_pause_is_told_and_ended(desk):
    agent, other = make_agent(desk, desk.boss), make_agent(desk, desk.boss)
    desk.boss.set(Usher_wrap_up_time=600)
    line = desk.ddp()
    line.login(agent.token)
    line.sub("notify-user", agent.user_id + "/usher-pause")
    chats = [Chat(desk), Chat(desk)]
    mine = next(c for c in chats if room_of(desk, c)["servedBy"]["_id"] == agent.user_id)
    ok(agent.post("livechat/room.closeByUser", {"rid": mine.rid, "comment": "done"}))
    told = line.wait(lambda f: f.get("msg") == "changed" and f["fields"]["eventName"].endswith("usher-pause"))
    assert told["fields"]["args"][0]["pause"] == "wrap-up"
    assert ok(agent.get("/usher/v1/agents/" + agent.user_id))["agent"]["pause"]["why"] == "wrap-up"
    assert other.post("/usher/v1/agents/%s/endPause" % agent.user_id).status_code == 403
    ok(agent.post("/usher/v1/agents/%s/endPause" % agent.user_id))
    assert "pause" not in ok(agent.get("me"))
    line.close()


def test_a_disposition_can_come_after_the_end(desk):
    agent, other = make_agent(desk, desk.boss), make_agent(desk, desk.boss)
    desk.boss.set(Usher_disposition_codes="solved, sold")
    chats = [Chat(desk), Chat(desk)]
    chat = next(c for c in chats if room_of(desk, c)["servedBy"]["_id"] == agent.user_id)
    path = "/usher/v1/rooms/%s/disposition" % chat.rid
    assert other.post(path, {"disposition": "sold"}).status_code == 403
    ok(agent.post("livechat/room.closeByUser", {"rid": chat.rid, "comment": "done"}))
    assert "disposition" not in room_of(desk, chat)
    coded(agent.post(path, {"disposition": "lost"}), "error-invalid-disposition")
    ok(agent.post(path, {"disposition": "sold"}))
    assert room_of(desk, chat)["disposition"] == "sold"
    ok(agent.post(path, {"disposition": ""}))
    assert "disposition" not in room_of(desk, chat)
    assert agent.post("/usher/v1/rooms/nothing/disposition", {"disposition": "sold"}).status_code == 404


def test_skills_need_the_right_to_manage_agents(desk):
    agent = make_agent(desk, desk.boss)
    path = "/usher/v1/agents/" + agent.user_id
    assert agent.post(path, {"skills": "german"}).status_code == 403
    assert ok(desk.boss.post(path, {"skills": "german, tax"}))["agent"]["skills"] == "german, tax"
    coded(desk.boss.post(path, {"skills": "a\nb"}), "error-invalid-skills")
    coded(desk.boss.post(path, {"skills": "x" * 3000}), "error-invalid-skills")
    assert desk.boss.post("/usher/v1/agents/nobody", {"skills": ""}).status_code == 404
    assert desk.stop() == 0
    desk.start()
    desk.boss = desk.admin()
    assert ok(desk.boss.get(path))["agent"]["skills"] == "german, tax"
    assert "skills" not in ok(desk.boss.post(path, {"skills": ""}))["agent"]
