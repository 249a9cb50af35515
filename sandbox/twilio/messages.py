"""Text messages: what is sent travels and reports back, what comes in goes to the number's webhook."""

from xml.etree import ElementTree as ET

from sandbox import clock
from sandbox.json_types import JsonObject
from sandbox.ledger import SentWebhook
from sandbox.resources import Resources, Selection
from sandbox.state import Sandbox
from sandbox.twilio.identifiers import VERSION, new_sid, rfc2822
from sandbox.twilio.segments import count_segments
from sandbox.twilio.signing import signed_notice

KIND = "twilio.message"
OPT_OUTS = "twilio.opt_out"
SENT_AFTER_S, DELIVERED_AFTER_S = 0.3, 0.7
STOP_WORDS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
START_WORDS = frozenset({"START", "YES", "UNSTOP"})
FAILURES = {"0000": 30003, "0007": 30007}
"""What becomes of messages to numbers that end so: an unreachable handset, a carrier's filter."""


def send(sandbox: Sandbox, account_sid: str, fields: JsonObject) -> JsonObject:
    """Accept a message and let it travel in the background. `fields` are API properties."""
    body = _message(account_sid, {"direction": "outbound-api", **fields})
    message = sandbox.resources.insert(KIND, account_sid, body)
    _send_on(sandbox, message)
    return message


def resume(sandbox: Sandbox) -> None:
    """Go on with the messages that a restart held up."""
    for status in ("queued", "sent"):
        for message in sandbox.resources.select(KIND, Selection(limit=-1, equals={"status": status})):
            _send_on(sandbox, message)


async def receive(sandbox: Sandbox, owned: JsonObject, *, sender: str, text: str) -> tuple[JsonObject, SentWebhook]:
    """Take in a message to one of an account's numbers and deliver it to the number's SmsUrl."""
    account_sid, number = owned["account_sid"], owned["phone_number"]
    fields = {"from": sender, "to": number, "body": text, "direction": "inbound", "status": "received"}
    message = sandbox.resources.insert(KIND, account_sid, _message(account_sid, fields))
    _note_keyword(sandbox.resources, number, sender, text)
    form = {
        "MessageSid": message["id"],
        "SmsSid": message["id"],
        "SmsMessageSid": message["id"],
        "AccountSid": account_sid,
        "From": sender,
        "To": number,
        "Body": text,
        "NumMedia": "0",
        "NumSegments": message["num_segments"],
        "SmsStatus": "received",
        "ApiVersion": VERSION,
    }
    method = owned.get("sms_method") or "POST"
    sent = await _tell(sandbox, "twilio.inbound-sms", owned["sms_url"], form, method)
    if not sent.accepted and owned.get("sms_fallback_url"):
        sent = await _tell(sandbox, "twilio.inbound-sms", owned["sms_fallback_url"], form, method)
    if sent.accepted:
        _reply(sandbox, message, sent.response or "")
    return message, sent


def has_opted_out(resources: Resources, number: str, person: str) -> bool:
    """Whether a person has told a number to stop."""
    return resources.find(OPT_OUTS, f"{number}>{person}") is not None


def messages_of(resources: Resources, account_sid: str, equals: dict[str, str]) -> list[JsonObject]:
    """Return an account's messages, newest first."""
    return resources.select(KIND, Selection(limit=-1, equals=equals), owner=account_sid)


def shown(message: JsonObject) -> JsonObject:
    """Return a message as the API shows it."""
    path = f"/{VERSION}/Accounts/{message['account_sid']}/Messages/{message['id']}"
    names = ("from", "to", "body", "direction", "status", "num_segments", "num_media", "error_code", "account_sid")
    return {
        "sid": message["id"],
        **{name: message.get(name) for name in names},
        "error_message": None,
        "messaging_service_sid": message.get("messaging_service_sid") or None,
        "price": None,
        "price_unit": "USD",
        "api_version": VERSION,
        "date_created": rfc2822(message["createdAt"]),
        "date_updated": rfc2822(message["updatedAt"]),
        "date_sent": rfc2822(message.get("sent_at")),
        "uri": f"{path}.json",
        "subresource_uris": {"media": f"{path}/Media.json"},
    }


def _message(account_sid: str, fields: JsonObject) -> JsonObject:
    text = str(fields.get("body") or "")
    counted = {"num_segments": str(count_segments(text)), "num_media": "0", "error_code": None}
    prefix = "MM" if fields.get("media") else "SM"
    return {"id": new_sid(prefix), "account_sid": account_sid, "status": "queued", **counted, **fields}


def _send_on(sandbox: Sandbox, message: JsonObject) -> None:
    sandbox.background.later(SENT_AFTER_S, lambda: _travel(sandbox, message))


async def _travel(sandbox: Sandbox, message: JsonObject) -> None:
    """Report sent, then how it ended."""
    message = await _advance(sandbox, message, "sent", sent_at=clock.iso(clock.now()))
    await sandbox.background.wait(DELIVERED_AFTER_S)
    error_code = FAILURES.get(message["to"][-4:])
    await _advance(sandbox, message, "undelivered" if error_code else "delivered", error_code=error_code)


async def _advance(sandbox: Sandbox, message: JsonObject, status: str, **more: object) -> JsonObject:
    changed = sandbox.resources.replace(KIND, {**message, **more, "status": status})
    if not message.get("status_callback"):
        return changed
    form = {
        "MessageSid": message["id"],
        "SmsSid": message["id"],
        "MessageStatus": status,
        "SmsStatus": status,
        "To": message["to"],
        "From": message["from"],
        "AccountSid": message["account_sid"],
        "ApiVersion": VERSION,
    }
    if changed["error_code"]:
        form["ErrorCode"] = str(changed["error_code"])
    if service := message.get("messaging_service_sid"):
        form["MessagingServiceSid"] = service
    await _tell(sandbox, f"twilio.message-{status}", message["status_callback"], form)
    return changed


async def _tell(sandbox: Sandbox, kind: str, url: str, form: dict[str, str], method: str = "POST") -> SentWebhook:
    about = form["MessageSid"]
    notice = signed_notice(sandbox.resources, about=about, kind=kind, url=url, form=form, method=method)
    return await sandbox.messenger.send(notice)


def _note_keyword(resources: Resources, number: str, person: str, text: str) -> None:
    word, identity = text.strip().upper(), f"{number}>{person}"
    if word in STOP_WORDS and not has_opted_out(resources, number, person):
        resources.insert(OPT_OUTS, number, {"id": identity, "number": number, "person": person})
    elif word in START_WORDS:
        resources.delete(OPT_OUTS, identity)


def _reply(sandbox: Sandbox, message: JsonObject, twiml: str) -> None:
    """Send what the webhook's TwiML says, unless the person has opted out."""
    if has_opted_out(sandbox.resources, message["to"], message["from"]):
        return
    for text in _texts_in(twiml):
        fields = {"from": message["to"], "to": message["from"], "body": text, "direction": "outbound-reply"}
        send(sandbox, message["account_sid"], fields)


def _texts_in(twiml: str) -> list[str]:
    try:
        root = ET.fromstring(twiml)  # noqa: S314 - from the product under test, on this machine
    except ET.ParseError:
        return []
    return ["".join(item.itertext()).strip() for item in root.iter("Message")] if root.tag == "Response" else []
