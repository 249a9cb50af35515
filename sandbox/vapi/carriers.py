"""Numbers that Vapi imports from a Twilio account: they must be that account's, and Vapi takes their webhooks over."""

from sandbox.json_types import JsonObject
from sandbox.resources import Resources, Selection
from sandbox.twilio import accounts, numbers
from sandbox.vapi.errors import bad_request

KIND = "phone-number"


def check_number(body: JsonObject, resources: Resources, *, own_id: str = "") -> None:
    """Raise 400 unless the number is free at Vapi and the account's at Twilio; `own_id` is the entry that changes."""
    if "twilioAccountSid" not in body:
        return
    same = resources.select(KIND, Selection(limit=-1, equals={"number": body["number"]}))
    taken = [item for item in same if item["id"] != own_id]
    if taken:
        raise bad_request(f"Existing Phone Number {taken[0]['id']} Has Identical `number` {body['number']}.")
    if _find_owned(body, resources) is None:
        raise bad_request("Number Not Found on Twilio. Hot tip, you may be using the wrong account SID or auth token.")


def take_webhooks(body: JsonObject, resources: Resources, *, base_url: str) -> None:
    """Point the number's webhooks at Vapi: the voice one always, the one of messages unless `smsEnabled` is false."""
    owned = _find_owned(body, resources) if "twilioAccountSid" in body else None
    if owned is None:
        return
    fields = {"VoiceUrl": f"{base_url}/vapi/twilio/inbound_call"}
    if body.get("smsEnabled") is not False:
        fields["SmsUrl"] = f"{base_url}/vapi/twilio/sms"
    numbers.change(resources, owned, fields)


def _find_owned(body: JsonObject, resources: Resources) -> JsonObject | None:
    token = body.get("twilioAuthToken", "")
    account = accounts.sign_in(resources, body["twilioAccountSid"], token) if token else None
    if account is None or account["status"] != "active":
        return None
    return numbers.name_number(resources, account["id"], body["number"])
