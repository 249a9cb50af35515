"""From a form to a genuine webhook of one organisation: nothing is stored for one that cannot prove itself."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from uuid import UUID

import structlog
from django.conf import settings
from django.http import HttpRequest, QueryDict

from orgs.models import E164_PATTERN, Organization
from orgs.scope import org_scope, org_tx
from providers.twilio.signatures import is_genuine
from telephony.ingress.measures import TWILIO_SIGNATURE_FAILURES
from telephony.messaging.accounts import WHATSAPP, find_org_for_account, list_tokens
from voxanne.errors import DomainError

log = structlog.get_logger(__name__)

FORM = "application/x-www-form-urlencoded"


class NotTwilio(DomainError):
    """Missing or wrong proof, or an account that nobody here has. The three look alike."""

    code = "forbidden"
    http_status = 403
    message = "The signature is missing or wrong."


@contextmanager
def admitted(request: HttpRequest, *, our_number: str) -> Iterator[tuple[Organization, QueryDict]]:
    """The organisation whose account a webhook names, and its form, inside that organisation's one transaction.

    Args:
        our_number: the field that holds the clinic's number: several organisations may share an account.

    Raises:
        NotTwilio: no proof, or a wrong one.
    """
    form = _form_of(request)
    account_sid, number = form.get("AccountSid", ""), plain_number(form.get(our_number, ""))
    org_id = find_org_for_account(account_sid, number)
    signature = request.headers.get("X-Twilio-Signature", "")
    if org_id is None:
        raise _refused("account")
    if not signature:
        raise _refused("missing")
    with org_scope(org_id), org_tx():
        org = Organization.objects.get()
        tokens = list_tokens(org, account_sid, number)
        if not is_genuine(url=_url_of(request), form=form, signature=signature, tokens=tokens):
            raise _refused("wrong")
        yield org, form


@contextmanager
def admitted_to(
    request: HttpRequest, org_id: UUID | None, *, tokens_of: Callable[[Organization, str], Iterable[str]]
) -> Iterator[tuple[Organization, QueryDict]]:
    """The same for a webhook whose own address names the organisation: an address that is signed along with the form.

    Args:
        tokens_of: the tokens that may sign for an account on behalf of an organisation.

    Raises:
        NotTwilio: no proof, or a wrong one.
    """
    form = _form_of(request)
    signature = request.headers.get("X-Twilio-Signature", "")
    if org_id is None:
        raise _refused("account")
    if not signature:
        raise _refused("missing")
    with org_scope(org_id), org_tx():
        org = Organization.objects.filter(pk=org_id).first()
        if org is None:
            raise _refused("account")
        tokens = tokens_of(org, form.get("AccountSid", ""))
        if not is_genuine(url=_url_of(request), form=form, signature=signature, tokens=tokens):
            raise _refused("wrong")
        yield org, form


def plain_number(address: str) -> str:
    """The number in an address of Twilio's (`whatsapp:+44…`), or "" for a short code, a name or nonsense."""
    number = address.removeprefix(WHATSAPP)
    return number if re.fullmatch(E164_PATTERN, number) else ""


def _form_of(request: HttpRequest) -> QueryDict:
    return request.POST if request.content_type == FORM else QueryDict()


def _url_of(request: HttpRequest) -> str:
    """The address as Twilio was told it: what a proxy made of it on the way does not count."""
    return f"{settings.BACKEND_URL}{request.get_full_path()}"


def _refused(why: str) -> NotTwilio:
    TWILIO_SIGNATURE_FAILURES.labels(why).inc()
    log.warning("twilio.refused", why=why)
    return NotTwilio()
