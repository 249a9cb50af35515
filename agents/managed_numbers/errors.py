"""What can stand between a clinic and a number of ours."""

from voxanne.errors import DomainError


class NumberNotForSale(DomainError):
    """Twilio does not offer it any more."""

    code = "number_not_for_sale"
    http_status = 409
    message = "Somebody else has this number by now. Search again and choose another."


class NumberNeedsAddress(DomainError):
    """The country asks for an address, which we cannot give yet."""

    code = "address_required"
    http_status = 422
    message = "This number needs an address in its country. Contact support, and we set it up with you."


class TwilioNotAsked(DomainError):
    """Twilio could not be asked what is for sale, or refused the question."""

    code = "twilio_not_asked"
    http_status = 502
    message = "Twilio could not be asked, and nothing was bought. Try again in a minute."


class PriceUnknown(DomainError):
    """Twilio names no price, so nobody could be told what it costs."""

    code = "price_unknown"
    http_status = 422
    message = "Twilio names no price for this kind of number. Choose another kind, or contact support."


class TooManyNumbers(DomainError):
    """The clinic has as many numbers of ours as it may have."""

    code = "too_many_numbers"
    http_status = 409
    message = "Your clinic has as many numbers as we can buy for it. Give one back, or contact support."


class OwnVapiAccount(DomainError):
    """Its agents live in an account at Vapi that our numbers cannot lead to."""

    code = "own_vapi_account"
    http_status = 409
    message = "Your agents live in your own Vapi account. Connect your own Twilio account to give them a number."


class NumberNotReady(DomainError):
    """Nothing can be changed about it now."""

    code = "number_not_ready"
    http_status = 409
    message = "This number is being given back, so it cannot be changed any more."


class CannotGoOn(DomainError):
    """Trying again gives the same answer: what was done so far has to be undone. Its context has Twilio's code."""

    code = "cannot_go_on"
    message = "We could not set up this number."


class NotYet(DomainError):
    """It has to be looked at again in a while."""

    code = "not_yet"
    http_status = 503
    message = "Still working on it."

    def __init__(self, message: str = "", *, wait_s: int | None = None) -> None:
        super().__init__(message)
        self.wait_s = wait_s
