"""What other systems deliver to us: text messages as Twilio sends them, Messenger as the gateway does."""
import base64
import hashlib
import hmac
import json

import requests

from people import unique


def sms(url, text="hello", phone="+15550001", to="+15559999", service="twilio", token=None, query="", site=None, **more):
    """token: signs with it. site: the address as the world knows it."""
    path = "/api/v1/livechat/sms-incoming/" + service + query
    form = dict({"From": phone, "To": to, "Body": text, "MessageSid": unique("SM")}, **more)
    headers = {}
    if token is not None:
        said = (site or url) + path + "".join(k + form[k] for k in sorted(form))
        mac = hmac.new(token.encode(), said.encode(), hashlib.sha1).digest()
        headers["X-Twilio-Signature"] = base64.b64encode(mac).decode()
    return requests.post(url + path, data=form, headers=headers, timeout=20)


def facebook(url, secret, text="hello", token=None, page="page-1", sign=True, **more):
    body = dict({"mid": unique("mid"), "page": page, "token": token or unique("fb"), "first_name": "Vera",
                 "last_name": "Vogel", "text": text}, **more)
    raw = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json"}
    if sign:
        headers["X-Hub-Signature"] = "sha1=" + hmac.new(secret.encode(), raw, hashlib.sha1).hexdigest()
    return requests.post(url + "/api/v1/livechat/facebook", data=raw, headers=headers, timeout=20)


def chats(admin, phone=None, name=None):
    """Open and closed chats of that visitor, oldest first."""
    rooms = admin.get("livechat/rooms", {"count": 0}).json()["rooms"]
    digits = phone and "".join(c for c in phone if c.isdigit())
    mine = [r for r in rooms if (digits and r["v"]["username"] == digits) or (name and r["fname"] == name)]
    return sorted(mine, key=lambda r: r["ts"])


def texts(admin, room):
    found = admin.get("livechat/%s/messages" % room["_id"], {"count": 0}).json()["messages"]
    return [m for m in sorted(found, key=lambda m: m["ts"]) if "t" not in m and "token" in m]
