"""The external frame: the address that an agent's chat leads to, read as its receiver reads it."""
import base64
import json
from urllib.parse import parse_qsl, unquote, urlsplit

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from people import give, ok
from register import action, effect
from world import outcome

KEYS = [bytes(range(32)), bytes(range(100, 132))]


def jwk(key):
    return json.dumps({"kty": "oct", "alg": "A256GCM", "ext": True, "key_ops": ["encrypt", "decrypt"],
                       "k": base64.urlsafe_b64encode(key).decode().rstrip("=")})


def frame(world, **settings):
    """(agent, chat, answer): the agent asks for the page of his chat."""
    world.set(**{"Omnichannel_External_Frame_Enabled": True,
                 "Omnichannel_External_Frame_URL": "https://crm.example/page?a=1", **settings})
    agent = world.agent()
    chat = give(world.admin, world.chat(), agent)
    return agent, chat, agent.get("/usher/v1/rooms/%s/frame" % chat.rid)


def read(answer):
    """(address without query, query as it is decoded once)"""
    parts = urlsplit(ok(answer)["url"])
    return "%s://%s%s" % parts[:3], dict(parse_qsl(parts.query, strict_parsing=True))


def token_with(key, t):
    """The token that the holder of the key gets out of the parameter; None: it was made with another one."""
    raw = base64.b64decode(unquote(t), validate=True)
    try:
        return AESGCM(key).decrypt(raw[:16], raw[16:], None).decode()
    except InvalidTag:
        return None


@effect("Omnichannel_External_Frame_Enabled", (False, "error-external-frame-disabled"), (True, 200))
def test_Omnichannel_External_Frame_Enabled(world):
    world.set(Omnichannel_External_Frame_URL="https://crm.example/")
    agent = world.agent()
    chat = give(world.admin, world.chat(), agent)
    return outcome(agent.get("/usher/v1/rooms/%s/frame" % chat.rid))


@effect("Omnichannel_External_Frame_URL", ("https://crm.example/page?a=1", ("https://crm.example/page", "1")),
        ("http://other.example:8080", ("http://other.example:8080", None)))
def test_Omnichannel_External_Frame_URL(world):
    """Where the agent is led, and that the page learns who he is and at which chat."""
    world.set(Omnichannel_External_Frame_Enabled=True)
    agent = world.agent()
    chat = give(world.admin, world.chat(), agent)
    page, query = read(agent.get("/usher/v1/rooms/%s/frame" % chat.rid))
    assert (query["uid"], query["rid"], query["t"]) == (agent.user_id, chat.rid, agent.token)
    return page, query.get("a")


@effect("Omnichannel_External_Frame_Encryption_JWK", ("", (True, False, False)), (jwk(KEYS[0]), (False, True, False)),
        (jwk(KEYS[1]), (False, False, True)))
def test_Omnichannel_External_Frame_Encryption_JWK(world):
    """Whether the page reads the token without a key, with the first, with the second."""
    agent, chat, answer = frame(world)
    t = read(answer)[1]["t"]
    if t != agent.token:
        again = read(agent.get("/usher/v1/rooms/%s/frame" % chat.rid))[1]["t"]
        assert again != t, "each time another IV"
        assert agent.token not in answer.text
        return (False, *(token_with(key, t) == agent.token for key in KEYS))
    return True, False, False


@action("Omnichannel_External_Frame_GenerateKey", "readable", "encrypted")
def test_Omnichannel_External_Frame_GenerateKey(world):
    """After it the page does not find the token in the address; nobody reads the key back."""
    agent, _, answer = frame(world)
    assert world.stored("Omnichannel_External_Frame_Encryption_JWK") == ""
    t = read(answer)[1]["t"]
    if t == agent.token:
        return "readable"
    assert len(base64.b64decode(unquote(t), validate=True)) == 16 + len(agent.token) + 16
    return "encrypted"
