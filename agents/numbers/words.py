"""What a clinic is told about a number that Vapi does not follow."""

from agents.sync_records import say as say_of_agents
from voxanne.errors import DomainError, ProviderError, Rejected

_NOT_ON_TWILIO = (
    "Vapi does not find this number in the Twilio account. Check the number and the account, then try again."
)
_REFUSED = "Vapi did not accept this number. Check it in Twilio, or contact support."


def say(error: ProviderError | DomainError) -> str:
    """One plain sentence: what happened, then what to do."""
    if not isinstance(error, Rejected):
        return say_of_agents(error)
    return _NOT_ON_TWILIO if "not found on twilio" in error.detail.lower() else _REFUSED
