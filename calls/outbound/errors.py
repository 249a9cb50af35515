"""Why somebody is not called, each in a sentence for the person who asked."""

from voxanne.errors import DomainError


class OutboundAgentMissing(DomainError):
    code = "outbound_agent_missing"
    http_status = 400
    message = "Outbound agent not configured. Please configure in Agent settings."


class AgentSwitchedOff(DomainError):
    code = "agent_off"
    http_status = 409
    message = "This agent is switched off. Switch it on in Agent settings, then call again."


class AgentNotReady(DomainError):
    """The agent has no assistant at Vapi yet. None is made for it here."""

    code = "agent_not_ready"
    http_status = 409
    message = "This agent is still being set up. Try again in a minute, or look at it in Agent settings."


class NoPhoneNumber(DomainError):
    code = "no_phone_number"
    http_status = 400
    message = "No Vapi phone number available for organization"


class NumberMissing(DomainError):
    code = "number_missing"
    http_status = 400
    message = "There is no phone number to call."


class NumberInvalid(DomainError):
    code = "number_invalid"
    http_status = 400
    message = "That phone number cannot be called. Check it, with its country code, and try again."


class OptedOut(DomainError):
    code = "opted_out"
    http_status = 409
    message = "This person has asked not to be called."


class ContactBlocked(DomainError):
    code = "contact_blocked"
    http_status = 409
    message = "This contact is blocked."


class QuietHours(DomainError):
    code = "quiet_hours"
    http_status = 409
    message = "These are quiet hours at the clinic."


class CallUnderWay(DomainError):
    code = "call_under_way"
    http_status = 409
    message = "A call to this number is under way already."


class ContactCapReached(DomainError):
    code = "contact_cap_reached"
    http_status = 429
    message = "This number has been called as often as a day allows. Call again tomorrow."


class DailyCapReached(DomainError):
    code = "daily_cap_reached"
    http_status = 429
    message = "Your clinic has placed as many calls as a day allows. Call again tomorrow."


class TooManyAtOnce(DomainError):
    code = "too_many_at_once"
    http_status = 429
    message = "As many calls as your clinic allows are going out at the moment. Try again when one has ended."


class KeyUsedForAnother(DomainError):
    """The same idempotency key for another person, agent or purpose."""

    code = "idempotency_key_used"
    http_status = 409
    message = "This Idempotency-Key belongs to another call. Use a new one."


class CallNotInitiated(DomainError):
    """Vapi refused. What it means for the clinic stands with the call; `context["problem"]` repeats it."""

    code = "call_not_initiated"
    http_status = 502
    message = "Failed to initiate call. Please verify your agent is configured correctly in Agent Settings."


class CallNotPlaced(DomainError):
    """Vapi never confirmed the call and, asked later, has none."""

    code = "call_not_placed"
    http_status = 502
    message = "The call was not placed. Try again."
