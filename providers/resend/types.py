"""What Resend tells about an account."""

import base64
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


@dataclass(frozen=True)
class ResendAttachment:
    """A text file that goes with an email."""

    filename: str
    content_type: str
    content: str

    def as_base64(self) -> str:
        """The file as Resend wants it."""
        return base64.b64encode(self.content.encode()).decode()


@dataclass(frozen=True, repr=False)
class ResendWebhook:
    """An address that events go to. `signing_secret` begins with `whsec_`; "" where Resend does not show it."""

    id: str
    endpoint: str
    signing_secret: str
