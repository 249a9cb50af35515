"""Why somebody cannot wait, or cannot be offered a time, in sentences for whoever asked."""

from voxanne.errors import DomainError


class NoMobile(DomainError):
    """Nothing can be texted to that number."""

    code = "no_mobile"
    message = "That number cannot receive text messages. Ask for a mobile number."


class AlreadyWaits(DomainError):
    """The same person waits for the same already."""

    code = "already_waits"
    http_status = 409
    message = "This person already waits for the same days and service."


class NotWaiting(DomainError):
    """They have an open offer, were booked, or came off the list."""

    code = "not_waiting"
    http_status = 409
    message = "This person does not wait any more, or has an offer open."


class NotOfferable(DomainError):
    """The time is gone, too near, or is being offered to somebody else."""

    code = "not_offerable"
    http_status = 409
    message = "That time can no longer be offered. Choose another."
