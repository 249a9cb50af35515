"""Where allauth's flow meets ours: the mail it sends, the names it uses, its secrets at rest."""

from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from anymail.exceptions import AnymailError
from django.core.mail import EmailMessage

from voxanne import sealed_text

log = structlog.get_logger(__name__)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-up and mail as this product does them."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send, and let the person go on when the mail provider is down: every mail can be asked for again."""
        message: EmailMessage = self.render_mail(template_prefix, email, context)
        try:
            message.send()
        except (AnymailError, OSError) as error:
            log.error("account_mail.not_sent", template=template_prefix, error=type(error).__name__)


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """allauth stores TOTP secrets in clear unless these hooks are given (reference: reliability-security 2.2)."""

    def encrypt(self, text: str) -> str:
        return sealed_text.seal(text, purpose="mfa")

    def decrypt(self, encrypted_text: str) -> str:
        return sealed_text.unseal(encrypted_text, purpose="mfa")
