"""What staff are told about a message that did not go out or did not arrive: what happened, then what to do."""

from telephony.messaging.types import Problem
from telephony.models import Channel
from voxanne.errors import ProviderError, RateLimited, Unauthorized

OPTED_OUT_CODE = "21610"

_NO_TEXTS = "This number cannot get texts. Check the number, or call instead."
_NOT_OURS = "Your Twilio number cannot send this. Check the number and what it can do in your Twilio account."
_NOT_REGISTERED = "Your Twilio number is not registered for texts yet. Finish its registration in your Twilio account."
_UNREACHABLE = "The phone could not be reached. Check the number, or try again later."
_WHATSAPP_CLOSED = (
    "WhatsApp lets a clinic write freely only within 24 hours of the person's last message. Send an SMS instead."
)
_NO_WHATSAPP = "This number is not on WhatsApp. Send an SMS instead."
_TWILIO: dict[str, str] = {
    OPTED_OUT_CODE: "This person has asked not to be texted. They can text START to your number to allow it again.",
    **dict.fromkeys(("21211", "21266", "21268", "21604", "21612", "21614", "21635"), _NO_TEXTS),
    **dict.fromkeys(("21212", "21603", "21606", "21659", "21660", "21703", "21704", "63007"), _NOT_OURS),
    "21408": "Your Twilio account may not text this country. Allow it in Twilio's geographic permissions.",
    "21608": "Your Twilio account is a trial, which texts verified numbers only. Upgrade it, then send it again.",
    "21611": "Too many texts are waiting at Twilio. Try again in a few minutes.",
    "21617": "The text is too long. Shorten it and send it again.",
    "30002": "Your Twilio account is suspended. Sort it out with Twilio, then send it again.",
    **dict.fromkeys(("30003", "30005", "30006", "30008", "30410"), _UNREACHABLE),
    "30004": "The phone or its network blocks your texts. Call instead.",
    "30007": "The phone network took the text for spam. Reword it, or call instead.",
    **dict.fromkeys(("30032", "30034", "30035"), _NOT_REGISTERED),
    "63016": _WHATSAPP_CLOSED,
    **dict.fromkeys(("63003", "63015", "63024"), _NO_WHATSAPP),
}
_RESEND: dict[str, str] = {
    "daily_quota_exceeded": "Your Resend account has sent all it may today. Try again tomorrow, or raise its limit.",
    "monthly_quota_exceeded": "Your Resend account has sent all it may this month. Raise its limit.",
}

TOO_LATE = Problem("too_late", "It could not be sent in time, so it was not sent. Send it again if it still matters.")
NEVER_ARRIVED = Problem("never_arrived", "Twilio never got this message. Send it again.")
GONE = Problem("account_changed", "The account that it went through is no longer connected. Look for it there.")
UNCERTAIN = Problem("uncertain", "Nobody can say whether it was sent. Ask the person before you send it again.")


# What Resend tells of an email later, by the kind of event.
BOUNCED = Problem("bounced", "The email came back: the address does not exist or takes none. Check it with the person.")
BOUNCED_FOR_NOW = Problem(
    "bounced_for_now", "The email came back: the mailbox is full or could not be reached. Try again later, or call."
)
SUPPRESSED = Problem(
    "suppressed", "Resend sends nothing more to this address, because earlier emails came back. Ask for another one."
)
COMPLAINED = Problem("complained", "The person reported the email as spam. Do not email them again; call instead.")
SENDING_FAILED = Problem("failed", "Resend could not send the email. Check your account there, then send it again.")


def say_refusal(error: ProviderError, *, method: str) -> Problem:
    """Why the provider did not take a message that it answered about."""
    name = "Resend" if method == Channel.EMAIL else "Twilio"
    if isinstance(error, Unauthorized):
        return Problem(
            error.code, f"{name} does not accept your account's details. Reconnect it in Integrations, then send again."
        )
    if isinstance(error, RateLimited):
        return Problem(error.code, _RESEND.get(error.code, f"{name} takes no more messages just now. Try again later."))
    if method == Channel.EMAIL:
        if error.status == 403:
            return Problem(
                error.code, "Resend does not send from your address. Check your domain there, then send again."
            )
        return Problem(error.code, "Resend did not accept the email. Check the address and try again.")
    return say_outcome(error.code)


def say_outcome(code: str) -> Problem:
    """What Twilio's number for a failed text means."""
    return Problem(code, _TWILIO.get(code, "Twilio could not deliver the text. Check the number, or call instead."))


def say_uncertain(*, method: str) -> Problem:
    """What is told while we find out."""
    name = "Resend" if method == Channel.EMAIL else "Twilio"
    return Problem("checking", f"{name} has not confirmed it. We are finding out; you need not send it again.")
