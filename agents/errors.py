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
