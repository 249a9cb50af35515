"""The life of a session: when it began, how fresh its proof of identity is, and how it ends.

Sessions live in the database and are listed for their owner (allauth.usersessions): a rotated key takes its row along.
"""

from typing import Any

import structlog
from allauth.account.signals import authentication_step_completed, password_changed, password_reset, password_set
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest

from orgs.api.tokens import revoke_all_tokens
from orgs.models import User
from voxanne.clock import now

LAST_SEEN = "last_seen"
STARTED = "signed_in_at"
PROVEN = "identity_proven_at"

log = structlog.get_logger(__name__)


def is_worn_out(request: HttpRequest) -> bool:
    """Whether a signed-in session was silent for too long, or is older than any session may be."""
    moment = _seconds()
    silent_s = moment - request.session.get(LAST_SEEN, moment)
    age_s = moment - request.session.get(STARTED, moment)
    return bool(silent_s > settings.SESSION_IDLE_MINUTES * 60 or age_s > settings.SESSION_COOKIE_AGE)


def touch(request: HttpRequest) -> None:
    """Remember that the person is there; written once a minute at most."""
    moment = _seconds()
    if moment - request.session.get(LAST_SEEN, 0) > 60:
        request.session[LAST_SEEN] = moment
        request.session.setdefault(STARTED, moment)


def is_fresh(request: HttpRequest) -> bool:
    """Whether the person proved who they are in the last minutes: asked before access is given to others."""
    return bool(_seconds() - request.session.get(PROVEN, 0) < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)


def rotate(request: HttpRequest) -> None:
    """Give the session a new key: what was learned of the old one is worth nothing."""
    old = request.session.session_key
    request.session.cycle_key()
    UserSession.objects.filter(session_key=old).update(session_key=request.session.session_key)


def end_sessions(user: User, *, keep: str | None = None) -> int:
    """End a person's sessions, all but the one with the key `keep`; returns how many ended."""
    ended = 0
    for session in UserSession.objects.filter(user_id=user.pk).exclude(session_key=keep or ""):
        session.end()
        ended += 1
    return ended


def _seconds() -> int:
    return int(now().timestamp())


def _note_sign_in(sender: Any, request: HttpRequest | None, user: User, **_: Any) -> None:
    if request is None or not hasattr(request, "session"):
        return
    moment = _seconds()
    request.session[STARTED] = request.session[LAST_SEEN] = request.session[PROVEN] = moment
    log.info("auth.signed_in", user=str(user.pk))


def _note_proof(sender: Any, request: HttpRequest, **details: Any) -> None:
    if details.get("reauthenticated"):
        request.session[PROVEN] = _seconds()


def _note_sign_out(sender: Any, user: User | None, **_: Any) -> None:
    log.info("auth.signed_out", user=str(user.pk) if user else None)


def _note_failure(sender: Any, **_: Any) -> None:
    log.warning("auth.failed")


def _after_password_change(sender: Any, request: HttpRequest, user: User, **_: Any) -> None:
    ended = end_sessions(user, keep=request.session.session_key)
    revoke_all_tokens(user.pk)
    log.info("auth.password_changed", user=str(user.pk), sessions_ended=ended)


def _after_factor_change(sender: Any, request: HttpRequest, user: User, **_: Any) -> None:
    ended = end_sessions(user, keep=request.session.session_key)
    revoke_all_tokens(user.pk)
    rotate(request)
    log.info("auth.second_factor_changed", user=str(user.pk), sessions_ended=ended)


def connect_receivers() -> None:
    """Listen to what Django and allauth say about sign-in; called once, when the app is ready."""
    receivers = {
        user_logged_in: _note_sign_in,
        user_logged_out: _note_sign_out,
        user_login_failed: _note_failure,
        authentication_step_completed: _note_proof,
        password_changed: _after_password_change,
        password_set: _after_password_change,
        password_reset: _after_password_change,
        authenticator_added: _after_factor_change,
        authenticator_removed: _after_factor_change,
        authenticator_reset: _after_factor_change,
    }
    for signal, receiver in receivers.items():
        signal.connect(receiver, dispatch_uid=f"orgs.sessions.{receiver.__name__}")


__all__ = ["connect_receivers", "end_sessions", "is_fresh", "is_worn_out", "rotate", "touch"]
