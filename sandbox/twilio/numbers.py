"""Who owns which number: whoever bought it, else whoever named it first."""

from sandbox.json_types import JsonObject
from sandbox.resources import Resources, Selection
from sandbox.twilio import inventory
from sandbox.twilio.errors import bad_request
from sandbox.twilio.identifiers import MAGIC_GOOD, VERSION, friendly, is_magic, is_number, new_sid, rfc2822

KIND = "twilio.number"
HISTORY = "twilio.number_event"
"""The account of numbers named, bought, moved and released."""

WRITABLE = {
    "FriendlyName": "friendly_name",
    "VoiceUrl": "voice_url",
    "VoiceMethod": "voice_method",
    "VoiceFallbackUrl": "voice_fallback_url",
    "VoiceFallbackMethod": "voice_fallback_method",
    "VoiceApplicationSid": "voice_application_sid",
    "SmsUrl": "sms_url",
    "SmsMethod": "sms_method",
    "SmsFallbackUrl": "sms_fallback_url",
    "SmsFallbackMethod": "sms_fallback_method",
    "SmsApplicationSid": "sms_application_sid",
    "StatusCallback": "status_callback",
    "StatusCallbackMethod": "status_callback_method",
    "TrunkSid": "trunk_sid",
    "AddressSid": "address_sid",
    "BundleSid": "bundle_sid",
    "IdentitySid": "identity_sid",
    "VoiceReceiveMode": "voice_receive_mode",
}
METHODS = {name: "POST" for name in WRITABLE.values() if name.endswith("_method")}


def owned_by(resources: Resources, account_sid: str, *, number: str = "") -> list[JsonObject]:
    """Return an account's numbers, newest first; `number` picks one."""
    equals = {"phone_number": number} if number else {}
    return resources.select(KIND, Selection(limit=-1, equals=equals), owner=account_sid)


def holders(resources: Resources, number: str) -> list[JsonObject]:
    """Return every ownership of a number: one at most, but for Twilio's test number."""
    return resources.select(KIND, Selection(limit=-1, equals={"phone_number": number}))


def name_number(resources: Resources, account_sid: str, number: str) -> JsonObject | None:
    """Return the number when it is the account's, making it so when it is nobody's; None when it is not to be had.

    What is for sale has to be bought, and what was released is gone until it is bought again.
    """
    own = owned_by(resources, account_sid, number=number)
    if own:
        return own[0]
    if not is_number(number) or (is_magic(number) and number != MAGIC_GOOD):
        return None
    if number != MAGIC_GOOD and (holders(resources, number) or not _is_free_to_name(resources, number)):
        return None
    return _hand_over(resources, account_sid, number, "named")


def buy(resources: Resources, account_sid: str, number: str, *, address_sid: str = "") -> JsonObject:
    """Sell a number to an account, or refuse as Twilio does."""
    if number == f"{MAGIC_GOOD[:-1]}1" or not is_number(number):
        raise bad_request(21421, number)
    source = inventory.range_of(number)
    if number != MAGIC_GOOD and (holders(resources, number) or not (source or _was_released(resources, number))):
        raise bad_request(21422, number)
    if source and source.address != "none" and not address_sid:
        raise bad_request(21631)
    return _hand_over(resources, account_sid, number, "bought")


def pick_number(resources: Resources, area_code: str) -> str:
    """Return a number that is for sale in a North American area code, or refuse."""
    if area_code == "500":
        return MAGIC_GOOD
    if not area_code.isdecimal() or len(area_code) != 3:
        raise bad_request(21451, area_code)
    for country in ("US", "CA"):
        for _, number in inventory.offers(country, "Local", area_code=area_code):
            if not holders(resources, number):
                return number
    raise bad_request(21452, area_code)


def release(resources: Resources, owned: JsonObject, *, reason: str = "released") -> None:
    """Give a number back."""
    resources.delete(KIND, owned["id"])
    _note(resources, owned["account_sid"], owned, reason)


def move(resources: Resources, owned: JsonObject, target_sid: str) -> JsonObject:
    """Hand a number to another account of the family; its SID stays."""
    _note(resources, target_sid, owned, "moved")
    resources.delete(KIND, owned["id"])
    kept = {key: value for key, value in owned.items() if key not in {"createdAt", "updatedAt"}}
    return resources.insert(KIND, target_sid, {**kept, "account_sid": target_sid})


def change(resources: Resources, owned: JsonObject, fields: dict[str, str]) -> JsonObject:
    """Set what a form carries: names, addresses of webhooks, methods."""
    known = {WRITABLE[name]: value for name, value in fields.items() if name in WRITABLE}
    return resources.replace(KIND, {**owned, **known})


def shown(owned: JsonObject) -> JsonObject:
    """Return a number as the API shows it."""
    source = inventory.range_of(owned["phone_number"])
    abilities = inventory.capabilities(source) if source else {"voice": True, "SMS": True, "MMS": False, "fax": False}
    texts = {name: owned.get(name, METHODS.get(name, "")) for name in WRITABLE.values()}
    sids = {name: owned.get(name) or None for name in texts if name.endswith("_sid")}
    return {
        "sid": owned["id"],
        "account_sid": owned["account_sid"],
        "phone_number": owned["phone_number"],
        **texts,
        **sids,
        "api_version": VERSION,
        "address_requirements": source.address if source else "none",
        "beta": False,
        "capabilities": {name.lower(): value for name, value in abilities.items()},
        "origin": "twilio",
        "status": "in-use",
        "emergency_status": "Inactive",
        "emergency_address_sid": None,
        "emergency_address_status": "unregistered",
        "voice_caller_id_lookup": False,
        "voice_receive_mode": owned.get("voice_receive_mode") or "voice",
        "date_created": rfc2822(owned["createdAt"]),
        "date_updated": rfc2822(owned["updatedAt"]),
        "uri": f"/{VERSION}/Accounts/{owned['account_sid']}/IncomingPhoneNumbers/{owned['id']}.json",
    }


def _is_free_to_name(resources: Resources, number: str) -> bool:
    return inventory.range_of(number) is None and not _was_released(resources, number)


def _was_released(resources: Resources, number: str) -> bool:
    newest = resources.select(HISTORY, Selection(limit=1, equals={"phone_number": number}))
    return bool(newest) and newest[0]["action"] == "released"


def _hand_over(resources: Resources, account_sid: str, number: str, action: str) -> JsonObject:
    body = {
        "id": new_sid("PN"),
        "account_sid": account_sid,
        "phone_number": number,
        "friendly_name": friendly(number),
    }
    owned = resources.insert(KIND, account_sid, body)
    _note(resources, account_sid, owned, action)
    return owned


def _note(resources: Resources, account_sid: str, owned: JsonObject, action: str) -> None:
    event = {"action": action, "phone_number": owned["phone_number"], "number_sid": owned["id"]}
    resources.insert(HISTORY, account_sid, {**event, "account_sid": account_sid})
