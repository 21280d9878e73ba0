"""Conference calls: who may start one, who may join it, and what the visitor's answer does."""
import pytest
from people import Chat, give, make_agent, ok, plain


@pytest.fixture
def desk(start):
    daemon = start()
    daemon.boss = daemon.admin()
    daemon.boss.set(Omnichannel_call_provider="Jitsi", VideoConf_Default_Provider="jitsi", Jitsi_Domain="meet.example")
    daemon.agents = [make_agent(daemon, daemon.boss) for _ in range(2)]
    daemon.chat = give(daemon.boss, Chat(daemon), daemon.agents[0])
    return daemon


def call(desk):
    return ok(desk.agents[0].post("video-conference.start", {"roomId": desk.chat.rid}))["data"]["callId"]


def shown(desk, call_id):
    answer = ok(desk.chat.rest.get("livechat/message/" + call_id, {"token": desk.chat.token, "rid": desk.chat.rid}))
    return answer["message"]


def told(desk, chat, **fields):
    body = {"token": chat.token, "callStatus": "declined", "rid": desk.chat.rid, **fields}
    answer = ok(chat.rest.post("livechat/visitor.callStatus", body))
    assert answer["callStatus"] == body["callStatus"]


def test_who_may_start_and_join(desk):
    agent, other = desk.agents
    call_id = call(desk)
    joined = ok(agent.post("video-conference.join", {"callId": call_id}))
    assert joined["url"] == "https://meet.example/RocketChat" + call_id and joined["providerName"] == "jitsi"
    plain(other.post("video-conference.start", {"roomId": desk.chat.rid}), "invalid-params")
    plain(other.post("video-conference.join", {"callId": call_id}), "invalid-params")
    plain(agent.post("video-conference.join", {"callId": desk.chat.said["_id"]}), "invalid-params")
    plain(agent.post("video-conference.start", {"roomId": "nothing"}), "invalid-params")
    assert desk.rest().post("video-conference.start", {"roomId": desk.chat.rid}).status_code == 401
    desk.boss.set(Jitsi_Domain="")
    plain(agent.post("video-conference.start", {"roomId": desk.chat.rid}), "video-conf-provider-not-configured")


def test_declined(desk):
    """The button goes, for the agent too; a restart keeps it so."""
    call_id = call(desk)
    told(desk, desk.chat, callId=call_id)
    assert [b["text"]["text"] for b in shown(desk, call_id)["blocks"]] == ["_Started a video call that wasn't answered._"]
    plain(desk.agents[0].post("video-conference.join", {"callId": call_id}), "invalid-params")
    assert desk.stop() == 0
    desk.start()
    desk.chat.rest = desk.rest()
    assert len(shown(desk, call_id)["blocks"]) == 1


def test_what_changes_nothing(desk):
    """Another visitor's word, another status, another message."""
    call_id = call(desk)
    stranger = Chat(desk)
    told(desk, stranger, callId=call_id)
    told(desk, stranger, callId=call_id, rid=stranger.rid)
    told(desk, desk.chat, callId=call_id, callStatus="inProgress")
    told(desk, desk.chat, callId=desk.chat.said["_id"])
    told(desk, desk.chat, callId="nothing")
    assert len(shown(desk, call_id)["blocks"]) == 2
    assert shown(desk, desk.chat.said["_id"])["msg"] == "hello"
