"""Whose live events a browser may follow: the same answer as `OrgMiddleware`, without a request."""

from importlib import import_module
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest

from orgs.errors import NotAMember
from orgs.middleware import ACTIVE_ORG
from orgs.querysets import memberships_of
from orgs.sessions import is_worn_out
from voxanne.errors import NotSignedIn


def find_viewer(session_key: str) -> UUID:
    """The organisation that is active in a session. Following it does not count as activity of the person.

    Raises:
        NotSignedIn: no such session, it was silent for too long, or the person may no longer sign in.
        NotAMember: the person belongs to no organisation, to another one now, or has not chosen one.
    """
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key or None)
    if is_worn_out(request):
        raise NotSignedIn
    user = get_user(request)
    if not user.is_authenticated:
        raise NotSignedIn
    org_ids = [membership.org_id for membership in memberships_of(user.pk)]
    chosen = request.session.get(ACTIVE_ORG)
    if chosen and UUID(chosen) in org_ids:
        return UUID(chosen)
    if not chosen and len(org_ids) == 1:
        return org_ids[0]
    raise NotAMember
