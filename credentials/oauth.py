"""Connecting a calendar: to the provider's page and back, with PKCE and a state that is one person's, once.

Google and Microsoft go the same way. Whatever goes wrong is a `NotGranted`: what happened, and what to do.
"""

import secrets
from collections.abc import Mapping
from typing import ClassVar, NoReturn

import structlog
from django.conf import settings
from django.urls import reverse

from credentials import connections
from credentials.calendars import TYPES, calendar_provider
from credentials.oauth_attempts import Misfit, Traveller, WrongState, arrive, depart
from credentials.slugs import slug_of
from credentials.types import Provider, Secret
from orgs import audit
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from providers.oauth import CalendarInfo, OAuthGrant
from voxanne.errors import DomainError, NotSignedIn, Owner, ProviderError

log = structlog.get_logger(__name__)

BROWSER_BYTES = 32
# Without these the calendar is useless; compared by their last part, whichever way a provider writes them.
_NEEDED = {
    Provider.GOOGLE_CALENDAR: ("calendar.events", "calendar.freebusy"),
    Provider.OUTLOOK_CALENDAR: ("calendars.readwrite",),
}
_HAPPENED: dict[Misfit, str] = {
    Misfit.DENIED: "You did not allow access, so nothing was connected.",
    Misfit.INCOMPLETE: "{company} sent you back without an answer, so nothing was connected.",
    Misfit.UNKNOWN: "This link was not made for this clinic, or is more than a day old. Nothing was connected.",
    Misfit.FOREIGN: "Someone else began this connection. Only they can finish it, so nothing was connected.",
    Misfit.OTHER_BROWSER: "This connection was begun in another browser or before you signed in again.",
    Misfit.REUSED: "This link was used already. It works once.",
    Misfit.EXPIRED: "This link was open for more than ten minutes and has expired. Nothing was connected.",
    Misfit.CODE_REFUSED: "{company} did not accept its own answer a second time. Nothing was connected.",
    Misfit.NO_REFRESH_TOKEN: "{company} gave us access for one hour only, so nothing was connected.",
    Misfit.MISSING_SCOPE: "Access to your calendar was not ticked, so nothing was connected.",
    Misfit.CALENDAR_REFUSED: "{company} let us in but did not show us a calendar. Nothing was connected.",
    Misfit.UNREACHABLE: "{company} could not be reached, nothing was changed.",
}
_DO: dict[Misfit, str] = {
    Misfit.DENIED: "Connect again and choose Allow to let your receptionist see when you are free and write bookings.",
    Misfit.UNKNOWN: "Check at the foot of the menu that you are in the right clinic, then connect again.",
    Misfit.REUSED: "See on Integrations whether it is connected; if not, connect again.",
    Misfit.NO_REFRESH_TOKEN: "Remove Voxanne from the apps of your {company} account, then connect again.",
    Misfit.MISSING_SCOPE: "Connect again and tick every box on {company}'s page.",
    Misfit.CALENDAR_REFUSED: "Choose an account that has a calendar, then connect again.",
    Misfit.UNREACHABLE: "Try again in a minute.",
}
_COMPANY = {Provider.GOOGLE_CALENDAR: "Google", Provider.OUTLOOK_CALENDAR: "Microsoft"}
_STATUS = {Misfit.UNREACHABLE: 502, Misfit.FOREIGN: 403}


class NotGranted(DomainError):
    """A person came back and the calendar is not connected. `message` says what happened, `advice` what to do."""

    code = "not_granted"
    http_status: ClassVar[int] = 400

    def __init__(self, provider: Provider, misfit: Misfit) -> None:
        self.provider, self.misfit = provider, misfit
        company = _COMPANY[provider]
        self.advice = _DO.get(misfit, "Connect again, and finish on the same device.").format(company=company)
        self.status = _STATUS.get(misfit, 400)
        super().__init__(_HAPPENED[misfit].format(company=company), reason=misfit.value)


def is_offered(provider: Provider) -> bool:
    """Whether this installation is registered at the provider."""
    names = {Provider.GOOGLE_CALENDAR: "GOOGLE", Provider.OUTLOOK_CALENDAR: "MICROSOFT"}
    name = names[provider]
    return bool(getattr(settings, f"{name}_CLIENT_ID") and getattr(settings, f"{name}_CLIENT_SECRET"))


def new_browser_mark() -> str:
    """What ties an attempt to one browser: kept in its session."""
    return secrets.token_urlsafe(BROWSER_BYTES)


def begin(*, org: Organization, provider: Provider, actor: Actor, browser: str) -> str:
    """The provider's address to go to."""
    with org_scope(org):
        departure = depart(_traveller(actor, browser, provider))
    return calendar_provider(provider).authorize_url(
        redirect_uri=redirect_uri(provider), state=departure.state, code_challenge=departure.code_challenge
    )


def finish(*, org: Organization, provider: Provider, actor: Actor, browser: str, answer: Mapping[str, str]) -> None:
    """Connect the calendar with what the provider sent back. No transaction may be open.

    Raises:
        NotGranted: it is not connected. That is audited, and what was connected before still works.
    """
    with org_scope(org):
        try:
            verifier = arrive(_traveller(actor, browser, provider), answer.get("state", ""))
            grant = _exchange(provider, answer, verifier)
            calendar = _read_calendar(provider, grant)
        except WrongState as wrong:
            _refuse(provider, wrong.misfit, actor)
        credentials = TYPES[provider](
            access_token=Secret(grant.access_token),
            refresh_token=Secret(grant.refresh_token),
            expiry=grant.expires_at,
            scopes=grant.scopes,
            connected_email=grant.email,
            calendar_id=calendar.id,
        )
        shown = {"connected_email": grant.email, "calendar": calendar.summary}
        connections.store_checked(org=org, credentials=credentials, shown=shown, actor=actor)


def redirect_uri(provider: Provider) -> str:
    """Where the provider sends people back to; registered there letter by letter."""
    return str(settings.BACKEND_URL) + reverse("credentials:api_callback", args=[slug_of(provider)])


def _exchange(provider: Provider, answer: Mapping[str, str], verifier: str) -> OAuthGrant:
    if answer.get("error") == "access_denied":
        raise WrongState(Misfit.DENIED)
    code = answer.get("code", "")
    if answer.get("error") or not code:
        raise WrongState(Misfit.INCOMPLETE)
    try:
        grant = calendar_provider(provider).exchange_code(
            code=code, redirect_uri=redirect_uri(provider), code_verifier=verifier
        )
    except ProviderError as error:
        raise _misfit_of(error, otherwise=Misfit.CODE_REFUSED) from error
    if not grant.refresh_token:
        raise WrongState(Misfit.NO_REFRESH_TOKEN)
    granted = {scope.rpartition("/")[2].lower() for scope in grant.scopes}
    if granted and not granted.issuperset(_NEEDED[provider]):
        raise WrongState(Misfit.MISSING_SCOPE)
    return grant


def _read_calendar(provider: Provider, grant: OAuthGrant) -> CalendarInfo:
    try:
        return calendar_provider(provider).read_calendar(grant.access_token)
    except ProviderError as error:
        raise _misfit_of(error, otherwise=Misfit.CALENDAR_REFUSED) from error


def _misfit_of(error: ProviderError, *, otherwise: Misfit) -> WrongState:
    log.warning("oauth.provider_failed", error=str(error))
    return WrongState(Misfit.UNREACHABLE if error.retryable or error.owner is Owner.US else otherwise)


def _refuse(provider: Provider, misfit: Misfit, actor: Actor) -> NoReturn:
    with org_tx():
        audit.record(actor, "credential.not_granted", provider=provider.value, reason=misfit.value)
    log.info("oauth.not_granted", provider=provider.value, reason=misfit.value)
    raise NotGranted(provider, misfit)


def _traveller(actor: Actor, browser: str, provider: Provider) -> Traveller:
    if actor.user_id is None:
        raise NotSignedIn
    return Traveller(user_id=actor.user_id, browser=browser, provider=provider)
