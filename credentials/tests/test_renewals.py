"""Webhook secrets that follow one another: each works until its own day is over, whoever renews and however often."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connections as database

from credentials import connections
from credentials.errors import TooManySecrets
from credentials.service import credential_service
from credentials.types import Provider, VapiCredentials
from orgs.actors import Actor
from voxanne.clock import now


def renew(org):
    connections.connect_vapi(org=org, given={}, actor=Actor.system(org.pk))
    return credential_service.read_stored(org.pk, Provider.VAPI).credentials.webhook_secret


def accepted(org):
    return credential_service.read_stored(org.pk, Provider.VAPI).credentials.webhook_secrets


def test_every_renewed_secret_works_until_its_own_day_is_over(north, sandbox):
    (first,) = accepted(north)
    with time_machine.travel(now(), tick=False) as clock:
        second = renew(north)
        clock.shift(timedelta(hours=23))
        third = renew(north)
        assert accepted(north) == (third, second, first)
        clock.shift(timedelta(hours=2))
        assert accepted(north) == (third, second)
        clock.shift(timedelta(hours=22))
        assert accepted(north) == (third,)


def test_what_is_over_is_not_kept(north, sandbox):
    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(3):
            clock.shift(timedelta(hours=25))
            renew(north)
        stored = credential_service.read_stored(north.pk, Provider.VAPI).credentials
        assert len(stored.previous) == 1


def test_renewing_without_end_is_refused_and_ends_no_secret_early(north, sandbox, monkeypatch):
    monkeypatch.setattr(connections, "MAX_OLD_SECRETS", 2)
    renew(north)
    renew(north)
    before = accepted(north)

    with pytest.raises(TooManySecrets):
        renew(north)
    assert accepted(north) == before
    assert len(before) == 3


def test_secrets_survive_their_encrypted_form(north, sandbox):
    renew(north)
    stored = credential_service.read_stored(north.pk, Provider.VAPI).credentials

    assert VapiCredentials.from_config(stored.to_config()) == stored
    assert stored.webhook_secret.reveal() not in repr(stored)
    assert stored.previous[0].secret.reveal() not in repr(stored)


@pytest.mark.django_db(transaction=True)
def test_renewals_at_once_lose_no_secret(north, sandbox):
    (first,) = accepted(north)

    def run():
        try:
            renew(north)
        finally:
            database.close_all()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(accepted(north))) == 5
    assert accepted(north)[-1] == first
