"""Why a reminder cannot be sent."""

from voxanne.errors import DomainError


class CannotBeReached(DomainError):
    """There is no way to the patient by that channel."""

    code = "cannot_be_reached"
    http_status = 400
    message = "There is no way to reach this patient."


class VisitOver(DomainError):
    code = "visit_over"
    http_status = 409
    message = "The visit has begun or is over. There is nothing to remind of."
