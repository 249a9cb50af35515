"""Fixtures of the whole suite: the real database as a runtime login, two clinics, and the people in them."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.contrib.auth import login
from django.contrib.sessions.backends.db import SessionStore
from django.db import connections
from django.http import HttpRequest
from django.test import Client, TransactionTestCase
from django.test.utils import setup_databases

from orgs.models import Organization, Role, User
from orgs.scope import org_scope, org_tx
from orgs.services import NewOrganization
from orgs.tests.clinics import forget_this_test, open_clinic
from providers import transport
from voxanne import http
from voxanne.embedded.database_copies import drop_test_database, make_test_database
from voxanne.embedded.emptying import connect_to_empty, empty_tables
from voxanne.embedded.pytest_plugin import SCHEMA

PASSWORD = "correct horse battery staple"

# How long an example takes says how busy the machine is: only tests that are about time look at a clock.
hypothesis.settings.register_profile("suite", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("suite")


@contextmanager
def as_login(login: str) -> Iterator[None]:
    """Another database login with its real rights; only in tests that commit (`transaction=True`)."""
    connection = connections["default"]
    runtime = connection.settings_dict["USER"]
    connection.close()
    connection.settings_dict["USER"] = login
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["USER"] = runtime


def as_owner() -> AbstractContextManager[None]:
    """The owner's login, for creating and migrating the test database only."""
    return as_login("voxanne_owner")


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """A migrated database of this process's own, in which every test runs as a login that owns nothing."""
    superuser_url = os.environ["DATABASE_SUPERUSER_URL"]
    connection = connections["default"]
    name = connection.settings_dict["TEST"]["NAME"]

    def migrate() -> None:
        with as_owner():
            setup_databases(verbosity=0, interactive=False, keepdb=True, serialized_aliases=[])

    with django_db_blocker.unblock():
        make_test_database(superuser_url, name=name, digest=SCHEMA, migrate=migrate)
        connection.settings_dict["NAME"] = name
    flush = TransactionTestCase._fixture_teardown
    with closing(connect_to_empty(superuser_url, name=name)) as emptying:
        TransactionTestCase._fixture_teardown = lambda _: empty_tables(emptying)
        yield
        TransactionTestCase._fixture_teardown = flush
    with django_db_blocker.unblock():
        connection.close()
    drop_test_database(superuser_url, name=name)


@pytest.fixture(scope="session", autouse=True)
def _no_provider_inside_a_transaction() -> Iterator[None]:
    """Claim, call, record: whoever asks a provider while a transaction is open fails here, whatever came of it."""
    asked = http.measured

    @contextmanager
    def outside(provider: str, operation: str) -> Iterator[http.MeasuredCall]:
        held = getattr(connections["default"], "voxanne_context", None)
        assert held is None, f"{provider} is asked for {operation} inside a transaction"
        with asked(provider, operation) as call:
            yield call

    http.measured = transport.measured = outside
    yield
    http.measured = transport.measured = asked


@pytest.fixture(autouse=True)
def _fast_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.VERIFICATION_HASH_ROUNDS = 4


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    """Throttles, caches and outages of one test must not reach the next."""
    from django.core.cache import cache

    from voxanne.expiring_cache import clear_all_caches
    from voxanne.outages import outages

    yield
    cache.clear()
    clear_all_caches()
    outages.forget()
    forget_this_test()


def make_user(email: str, name: str = "Ada Marsh") -> User:
    """A person who can sign in with `PASSWORD`."""
    return User.objects.create_user(email=email, password=PASSWORD, full_name=name)


def make_org(name: str, owner: User, **facts: str) -> Organization:
    """A clinic with its owner and everything that a new clinic starts with."""
    from agents.payload import platform_part

    return open_clinic(NewOrganization(name=name, **facts), owner=owner, platform=platform_part())


@pytest.fixture
def north_owner(db: None) -> User:
    return make_user("owner@north.example", "Nora North")


@pytest.fixture
def north(north_owner: User) -> Organization:
    """A clinic in London."""
    return make_org("North Clinic", north_owner)


@pytest.fixture
def south_owner(db: None) -> User:
    return make_user("owner@south.example", "Sam South")


@pytest.fixture
def south(south_owner: User) -> Organization:
    """Another clinic: whatever it holds must stay unknown to the first."""
    return make_org("South Clinic", south_owner)


@pytest.fixture
def working_for() -> Callable[[Organization], AbstractContextManager[None]]:
    """`with working_for(north): …` is the scope and a tenant transaction in one."""

    @contextmanager
    def enter(org: Organization) -> Iterator[None]:
        with org_scope(org), org_tx():
            yield

    return enter


@pytest.fixture
def add_member(working_for: Any) -> Callable[..., User]:
    """`add_member(north, Role.MEMBER)` makes a colleague."""
    from orgs.models import Membership

    def add(org: Organization, role: Role, email: str = "") -> User:
        user = make_user(email or f"{role.value}@{org.slug}.example", f"{role.label} of {org.name}")
        with working_for(org):
            Membership.objects.create(user=user, role=role)
        return user

    return add


class Browser(Client):
    """Signing in makes one session, where Django's makes one and takes it for another."""

    def _login(self, user: Any, backend: str | None = None) -> None:
        if settings.SESSION_COOKIE_NAME in self.cookies:
            super()._login(user, backend)
            return
        request = HttpRequest()
        request.session = SessionStore()
        login(request, user, backend)
        request.session.save()
        self._set_login_cookies(request)


@pytest.fixture
def sign_in() -> Callable[[User], Client]:
    """A browser in which that person is signed in."""

    def enter(user: User) -> Client:
        client = Browser()
        client.force_login(user)
        return client

    return enter
