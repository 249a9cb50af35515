"""The mail that carries an invitation's link. Its token is kept nowhere, so the mail is sent while it is known."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse

from orgs.accounts import deliver
from orgs.models import Invitation, Organization

_TEXT = """\
{inviter} invites you to work with {clinic} on Voxanne, as {role}.

Open this link to join. It works once, for this address, until {until:%A %-d %B}:

{link}

If you do not know {clinic}, ignore this message: nothing happens.
"""


def send(*, org: Organization, invitation: Invitation, token: str, inviter: str) -> bool:
    """Send it; False when the mail provider would not take it (inviting again makes a new link)."""
    text = _TEXT.format(
        inviter=inviter,
        clinic=org.name,
        role=invitation.role,
        until=invitation.expires_at.astimezone(org.zone),
        link=settings.BACKEND_URL + reverse("orgs:invitation", args=[org.pk, token]),
    )
    message = EmailMessage(subject=f"Join {' '.join(org.name.split())} on Voxanne", body=text, to=[invitation.email])
    return deliver(message, what="invitation")
