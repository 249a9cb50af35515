"""Refusals in Twilio's form. The official client raises TwilioRestException with the code."""

from sandbox.refusals import Refusal, twilio_body

MESSAGES = {
    20001: "Invalid parameter",
    20003: "Authenticate",
    20005: "Account is not active",
    21201: "No 'To' number is specified",
    21205: "Url parameter is required.",
    21210: "The source phone number provided, {value}, is not yet verified for your account. You may only make calls "
    "from phone numbers that you've verified or purchased from Twilio.",
    21211: "Invalid 'To' Phone Number: {value}",
    21212: "Invalid 'From' Phone Number: {value}",
    21213: "No 'From' number is specified",
    21214: "'To' phone number cannot be reached: {value}",
    21215: "Account not authorized to call {value}. Perhaps you need to enable some international permissions.",
    21216: "Account not allowed to call {value}",
    21217: "Phone number does not appear to be valid: {value}",
    21266: "'To' and 'From' number cannot be the same: {value}",
    21402: "Invalid Url: {value}",
    21408: "Permission to send an SMS has not been enabled for the region indicated by the 'To' number: {value}",
    21421: "PhoneNumber is invalid: {value}",
    21422: "{value} is not available.",
    21449: "Phone number {value} can already be used for outgoing calls and messages on your account.",
    21450: "Phone number {value} is already verified.",
    21451: "Invalid area code: {value}",
    21452: "No phone numbers found in area code {value}",
    21454: "Invalid CallDelay: {value}",
    21456: "Invalid CallbackUrl: {value}",
    21470: "Invalid AccountSid: {value}",
    21473: "Accounts {value} are not related.",
    21474: "Only the parent account may transfer phone numbers.",
    21475: "Invalid account status: {value}",
    21477: "The status of a main account cannot be changed.",
    21479: "Account {value} is already closed.",
    21602: "Message body is required.",
    21603: "A 'From' phone number is required.",
    21604: "A 'To' phone number is required.",
    21606: "The 'From' phone number {value} is not a valid, SMS-capable inbound phone number for your account.",
    21609: "The 'StatusCallback' URL {value} is not a valid URL.",
    21610: "Attempt to send to unsubscribed recipient",
    21611: "This 'From' number has exceeded the maximum number of queued messages: {value}",
    21612: "The 'To' phone number {value} is not currently reachable using the 'From' phone number via SMS.",
    21614: "'To' number is not a valid mobile number: {value}",
    21617: "The concatenated message body exceeds the 1600 character limit.",
    21631: "Phone Number Requires an Address but the 'AddressSid' parameter was empty.",
    21659: "'From' {value} is not a Twilio phone number or Short Code country mismatch",
    21660: "Mismatch between the 'From' number {value} and the account",
}


def bad_request(code: int, value: str = "") -> Refusal:
    """Return a 400 with one of Twilio's codes; `value` is what the caller sent."""
    return Refusal(400, twilio_body(400, code, MESSAGES[code].format(value=value)))


def unauthorized() -> Refusal:
    """Return the 401 of wrong or foreign credentials."""
    headers = {"WWW-Authenticate": 'Basic realm="Twilio API"'}
    return Refusal(401, twilio_body(401, 20003, MESSAGES[20003]), headers=headers)


def inactive() -> Refusal:
    """Return the refusal of an account that is suspended or closed."""
    return Refusal(403, twilio_body(403, 20005, MESSAGES[20005]))


def not_found(path: str) -> Refusal:
    """Return the 404 of something that is not there, or is another account's."""
    return Refusal(404, twilio_body(404, 20404, f"The requested resource {path} was not found"))
