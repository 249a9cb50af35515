"""Why a recording is not heard or shared, in sentences for whoever asked."""

from voxanne.errors import DomainError


class NothingToHear(DomainError):
    """The call has no recording that could be played."""

    code = "no_recording"
    http_status = 404
    message = "This call has no recording that can be played."


class NothingToShare(DomainError):
    """There is no recording, or none yet."""

    code = "no_recording"
    http_status = 409
    message = "This call has no recording that can be shared."


class LinkUnusable(DomainError):
    """A shared link that was revoked, is over, or never was: the three look alike on purpose."""

    code = "link_unusable"
    http_status = 410
    message = "This link no longer works. It was switched off, or is older than 24 hours. Ask the clinic for a new one."


class TooManyGuesses(DomainError):
    """Somebody tries links."""

    code = "too_many"
    http_status = 429
    message = "Too many links that do not work were tried from here. Wait a quarter of an hour."


class TicketOver(DomainError):
    """The address of the sound is older than five minutes, or its right has ended."""

    code = "ticket_over"
    http_status = 410
    message = "This address has run out. Open the recording again."


class RecordingUnreadable(DomainError):
    """The file is gone, was changed, or its key cannot be opened."""

    code = "recording_unreadable"
    http_status = 503
    message = "The recording cannot be read at the moment. We have been told."


class NothingToFetch(DomainError):
    """It is being fetched already, or is here, or was deleted."""

    code = "nothing_to_fetch"
    http_status = 409
    message = "This recording cannot be fetched again."
