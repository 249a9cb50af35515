"""What Twilio's refusals of a verification call mean for the person who asked for it."""

from telephony.forwarding.errors import (
    NumberNotAllowed,
    OwnTwilioNumber,
    TwilioUnreachable,
    TwilioWouldNot,
    VerifiedElsewhere,
)
from voxanne.errors import DomainError, Owner, ProviderError, Rejected, Unauthorized

ALREADY_VALIDATED = "21450"
_INVALID = frozenset({"21401", "21211", "21217", "21421"})
_COUNTRY = frozenset({"21215", "21216", "13227"})
_TRIAL = frozenset({"10002", "21404", "573005"})
_BUSY = "Twilio is busy at the moment. Try again in a minute."
_SIGN_IN = "Twilio does not accept your account any more. Reconnect it in Integrations, then try again."
_UPGRADE = "Your Twilio account is a trial, which verifies five numbers at most. Upgrade it at Twilio, then try again."
_ALLOW = "Your Twilio account may not call this country. Allow it at Twilio under Voice, Geographic permissions."
_OTHER = "Twilio refused to call this number. Look for the reason in the Twilio console, then try again."
_PLATFORMS = "We cannot call this number with our account. Connect your own Twilio account in Integrations."


def is_refusal(error: ProviderError) -> bool:
    """Whether Twilio certainly calls nobody."""
    return isinstance(error, Rejected | Unauthorized) or error.status == 429


def explain(error: ProviderError) -> DomainError:
    """The fact behind a failed request for a verification call. `21450` is none: the caller goes on with it."""
    if isinstance(error, Unauthorized):
        return TwilioWouldNot(_SIGN_IN) if error.owner is Owner.CLINIC else TwilioUnreachable()
    if not isinstance(error, Rejected):
        return TwilioUnreachable(_BUSY) if error.status == 429 else TwilioUnreachable()
    if error.code == "21449":
        return OwnTwilioNumber()
    if error.code == "21453":
        return VerifiedElsewhere()
    if error.code in _INVALID:
        return NumberNotAllowed("Twilio cannot call this number. Check it, with its country code, and try again.")
    if error.owner is not Owner.CLINIC:
        return TwilioWouldNot(_PLATFORMS) if error.code in _COUNTRY | _TRIAL else TwilioUnreachable()
    if error.code in _COUNTRY:
        return TwilioWouldNot(_ALLOW)
    return TwilioWouldNot(_UPGRADE if error.code in _TRIAL else _OTHER)
