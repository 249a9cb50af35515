"""What can stand between a saved agent and its assistant."""

from voxanne.errors import DomainError


class AssistantNotKept(DomainError):
    """Vapi took the change and, read back, has something else."""

    code = "assistant_not_kept"
    http_status = 502
    message = "Vapi did not keep the agent's settings. We keep trying."


class RegistrationBusy(DomainError):
    """Another worker is registering the same thing and has not finished in time."""

    code = "registration_busy"
    http_status = 503
    message = "Tools are still being set up at Vapi. We keep trying."


class LeaseLost(DomainError):
    """This worker was too slow and another one has taken the agent over; nothing may be written any more."""

    code = "lease_lost"
    http_status = 409
    message = "Another worker has taken over."


class NumberNotKept(DomainError):
    """Vapi took the number and answered with something else."""

    code = "number_not_kept"
    http_status = 502
    message = "Vapi did not keep the number's settings. We keep trying."


class TwilioNotConnected(DomainError):
    """Neither the agent nor, where that may stand in, the organisation has a Twilio account."""

    code = "twilio_not_connected"
    http_status = 409
    message = "Connect Twilio for this agent, or for the whole clinic in Integrations."


class AgentTwilioUnreadable(DomainError):
    """The agent's own token is stored and does not decrypt. The organisation's account never stands in silently."""

    code = "credential_unreadable"
    http_status = 409
    message = "Please enter this agent's Twilio details again: its stored token can no longer be read."


class PromptTooLong(DomainError):
    """The finished prompt has more characters than an agent can be told.

    Attributes:
        excess: by how many.
    """

    code = "prompt_too_long"
    http_status = 422

    def __init__(self, excess: int) -> None:
        self.excess = excess
        super().__init__(
            f"The prompt is too long by {excess:,} characters. Shorten what your clinic asks of the agent, or its "
            "services and documents.",
            fields={"system_prompt": [f"Too long by {excess:,} characters."]},
        )
