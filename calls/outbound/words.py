"""What staff are told about a call that Vapi refused or did not confirm: what happened, then what to do."""

from dataclasses import dataclass

from voxanne.errors import NotFoundAtProvider, Owner, ProviderError, RateLimited, Timeout, Unauthorized

PAYMENT_REQUIRED = 402


@dataclass(frozen=True)
class Problem:
    """A code for the audit log, and a sentence for staff."""

    code: str
    sentence: str


NOT_CONFIRMED = "Vapi has not confirmed the call. We are finding out whether it was placed; you need not call again."
NOT_PLACED = Problem("not_placed", "The call was not placed. Try again.")


def say_refusal(error: ProviderError) -> Problem:
    """Why Vapi did not place a call that it answered about."""
    is_ours = error.owner is not Owner.CLINIC
    if isinstance(error, Unauthorized):
        act = "Our team has to act." if is_ours else "Replace your key in Integrations, then call again."
        return Problem("unauthorized", f"Vapi does not accept the key that calls are placed with. {act}")
    if error.status == PAYMENT_REQUIRED:
        act = "Our team has to act." if is_ours else "Top it up at Vapi, then call again."
        return Problem("out_of_credit", f"The account at Vapi has no credit left. {act}")
    if isinstance(error, RateLimited):
        return Problem("vapi_busy", "Vapi takes no more calls at the moment. Wait a minute, then call again.")
    if isinstance(error, NotFoundAtProvider):
        return Problem(
            "unknown_at_vapi", "Vapi does not know this agent or its number any more. Open the agent and choose Retry."
        )
    return Problem("refused", "Vapi did not accept the call. Check the agent and its number in Agent settings.")


def say_unconfirmed(error: ProviderError) -> Problem:
    """What is told while nobody knows whether the telephone rings."""
    if isinstance(error, Timeout):
        return Problem("timeout", "Vapi did not answer in time. We are finding out whether the call was placed.")
    return Problem("unavailable", "Vapi had a fault. We are finding out whether the call was placed.")
