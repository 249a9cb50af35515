"""Where allauth's flow meets ours: the mail it sends, the names it uses, its secrets at rest."""

from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from anymail.exceptions import AnymailError
from django.core.mail import EmailMessage
from django.forms import BaseForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from orgs.models import User
from orgs.second_factors import PURPOSE, get_owner
from voxanne import sealed_text
from voxanne.client_address import client_ip

log = structlog.get_logger(__name__)

# Whoever signs up is let in at once, so a taken address shows anyway: better that the words help.
EMAIL_TAKEN = "There is an account with this email address already. Sign in, or reset your password."


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-up and mail as this product does them."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "The email or password is not right.",
        "email_taken": EMAIL_TAKEN,
        "too_many_login_attempts": "Too many tries. Wait five minutes, then try again.",
    }

    def save_user(self, request: HttpRequest, user: User, form: BaseForm, commit: bool = True) -> User:
        user.full_name = form.cleaned_data.get("full_name", "")
        saved: User = super().save_user(request, user, form, commit)
        return saved

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return reverse("orgs:onboarding")

    def is_safe_url(self, url: str) -> bool:
        """Only this very host: `next` must never lead elsewhere."""
        request = context.request
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_ip(request)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send, and let the person go on when the mail provider is down: every mail can be asked for again."""
        deliver(self.render_mail(template_prefix, email, context), what=template_prefix)


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """allauth stores TOTP secrets in clear unless these hooks are given (reference: reliability-security 2.2).

    Both work for the person of `orgs.second_factors.second_factors_of`: what was sealed for one opens for no other.
    """

    def encrypt(self, text: str) -> str:
        return sealed_text.seal(text, purpose=PURPOSE, row=get_owner())

    def decrypt(self, encrypted_text: str) -> str:
        return sealed_text.unseal(encrypted_text, purpose=PURPOSE, row=get_owner())


def deliver(message: EmailMessage, *, what: str) -> bool:
    """Hand a mail to the provider; False when it would not take it. Never called inside a transaction."""
    try:
        message.send()
    except (AnymailError, OSError) as error:
        log.warning("account_mail.not_sent", template=what, error=type(error).__name__)
        return False
    return True
