"""What ElevenLabs tells about an account."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ElevenLabsUser:
    """Whose key it is. `tier` is the plan's name; characters are spoken ones of the current period."""

    user_id: str
    tier: str
    characters_used: int
    characters_limit: int
