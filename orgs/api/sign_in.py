"""Signing in without a browser: the same throttles, passwords and second factors as the form."""

from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from orgs.errors import BadCredentials, ChooseOrganisation, OneTimeCodeNeeded, TooManyTries
from orgs.models import User
from orgs.querysets import MembershipFact, by_org, memberships_of
from orgs.second_factors import SignInCodeForm


def access_person(request: HttpRequest, *, email: str, password: str, otp: str = "") -> User:
    """The person with this password and, where one is set up, second factor.

    Raises:
        BadCredentials: any of it is wrong; which, is not said.
        OneTimeCodeNeeded: all is right so far and the account has a second factor.
        TooManyTries: the throttle of the account or the address is reached.
    """
    try:
        user: User | None = get_adapter(request).authenticate(request, email=email.lower(), password=password)
    except ValidationError as throttled:
        raise TooManyTries from throttled
    if user is None or not user.is_active:
        raise BadCredentials
    if get_mfa_adapter().is_mfa_enabled(user):
        _check_second_factor(user, otp)
    return user


def access_clinic(user: User, org_id: UUID | None) -> MembershipFact:
    """The organisation that the token will be for.

    Raises:
        BadCredentials: the person does not belong to the one that was named, or to any.
        ChooseOrganisation: there are several and none was named; `fields` lists them.
    """
    memberships = memberships_of(user.pk)
    if org_id is not None:
        named = by_org(memberships, org_id)
        if named is None:
            raise BadCredentials
        return named
    if not memberships:
        raise BadCredentials
    if len(memberships) > 1:
        raise ChooseOrganisation(fields={"org_id": [f"{fact.org_id} {fact.org_name}" for fact in memberships]})
    return memberships[0]


def _check_second_factor(user: User, otp: str) -> None:
    if not otp:
        raise OneTimeCodeNeeded
    form = SignInCodeForm({"code": otp}, user=user)
    if form.is_valid():
        form.authenticator.record_usage()
        return
    if "Too many" in str(form.errors):
        raise TooManyTries
    raise BadCredentials
