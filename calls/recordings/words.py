"""Why a recording cannot be listened to, in sentences for staff: what happened, then what to do."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One reason, and how often it is tried again before it counts as final."""

    code: str
    sentence: str
    most_attempts: int


MOST_ATTEMPTS = 8
GONE = Problem("gone", "The phone service has no recording of this call any more.", 5)
TOO_LARGE = Problem("too_large", "The recording is larger than we keep: the call went on for very long.", 1)
NOT_AUDIO = Problem("not_audio", "What the phone service sent for this call is not a recording.", 3)
REFUSED = Problem("refused", "The phone service did not let us have the recording. Try again later.", MOST_ATTEMPTS)
AWAY = Problem("away", "The phone service could not be reached for this recording. Try again later.", MOST_ATTEMPTS)
NOT_KEPT = Problem("not_kept", "The recording could not be stored on our side. We have been told.", MOST_ATTEMPTS)
NO_KEY = Problem("no_key", "Your clinic's keys could not be read, so the recording was not fetched.", MOST_ATTEMPTS)
