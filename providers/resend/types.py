"""What Resend tells about an account."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ResendDomain:
    """A domain to send from. `status` is `not_started`, `pending`, `verified`, `failed` or `temporary_failure`."""

    name: str
    status: str

    @property
    def is_verified(self) -> bool:
        """Whether email from this domain is accepted."""
        return self.status == "verified"
