"""What a clinic is told about buying numbers."""

from voxanne.errors import DomainError, ProviderError, RateLimited, Rejected, Timeout, Unauthorized, Unavailable

_REFUSALS = {
    "21421": "Twilio does not know this number. Search again and choose another.",
    "21422": "Somebody else has this number by now. Search again and choose another.",
    "21615": "This country only sells numbers to whoever has an address in the same area. Contact support.",
    "21631": "This country only sells numbers to whoever has an address there. Contact support.",
    "21649": "This country wants papers about the clinic before it sells a number. Contact support.",
    "21650": "This country wants to know who uses a number before it sells one. Contact support.",
    "21651": "The papers that we have do not fit this number. Contact support.",
}
_REFUSED = "Twilio did not sell us this number. Choose another, or contact support."
_TROUBLE: dict[type[ProviderError], str] = {
    Timeout: "Twilio did not answer in time. We keep trying.",
    Unavailable: "Twilio cannot be reached at the moment. We keep trying.",
    RateLimited: "Twilio is busy at the moment. We keep trying.",
    Unauthorized: "Twilio does not accept our account. Our team has to act; nothing is lost.",
}
_ADDRESSES = {
    "any": "Needs an address",
    "local": "Needs an address in the same area",
    "foreign": "Needs an address outside of the country",
}
GAVE_UP = "We could not finish setting up this number, so we gave it back. Choose another, or contact support."
NOT_HAD = "We could not buy this number. Try again later, or choose another."


def say_refusal(refused: Rejected) -> str:
    """Why Twilio does not sell a number."""
    return _REFUSALS.get(refused.code, _REFUSED)


def say_trouble(error: ProviderError | DomainError) -> str:
    """Why it takes longer."""
    if isinstance(error, DomainError):
        return error.message
    return _TROUBLE.get(type(error), "Twilio refused a step. We keep trying.")


def say_address(requirement: str) -> str:
    """What a country asks for before it sells a number; "" for nothing."""
    return _ADDRESSES.get(requirement, "")
