"""Every night all credentials are tried; a new failure is told to the admins once."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from credentials import tasks
from credentials.service import credential_service
from credentials.tests.calendar_clinic import EMAIL, connect_calendar
from credentials.tests.given import TWILIO
from credentials.types import Provider, Secret, TwilioCredentials
from orgs.actors import Actor
from orgs.models import Role
from orgs.scope import org_scope, org_tx
from voxanne.celery import app
from voxanne.clock import now


@pytest.fixture
def woken(monkeypatch):
    """What would have been enqueued, run by `run_woken`."""
    waiting = []

    def keep(task, *args, queue=None):
        waiting.append((task, args))
        return True

    monkeypatch.setattr("credentials.tasks.wake", keep)
    monkeypatch.setattr("credentials.alerts.wake", keep)
    return waiting


def night(woken):
    """One nightly run, with everything that it wakes."""
    tasks.verify_all()
    while woken:
        task, args = woken.pop(0)
        task(*args)


def connect_twilio(org, phone_number=TWILIO["phoneNumber"]):
    credentials = TwilioCredentials(
        account_sid=TWILIO["accountSid"], auth_token=Secret(TWILIO["authToken"]), phone_number=phone_number
    )
    credential_service.save(org_id=org.pk, credentials=credentials, actor=Actor.system(org.pk), metadata={})


def status(org, provider=Provider.TWILIO):
    return credential_service.find_status(org.pk, provider)


def test_the_night_tries_all_that_is_switched_on_in_every_clinic(north, south, sandbox, woken):
    connect_twilio(north)
    connect_twilio(south, "+442071838751")
    connect_calendar(north)
    credential_service.disable(org_id=south.pk, provider=Provider.TWILIO, actor=Actor.system(south.pk))

    with time_machine.travel(now() + timedelta(hours=10), tick=True):
        night(woken)
        assert status(north).last_verified_at > now() - timedelta(minutes=1)
        assert status(north, Provider.GOOGLE_CALENDAR).last_verified_at > now() - timedelta(minutes=1)
        assert status(north, Provider.VAPI).last_verified_at > now() - timedelta(minutes=1)
    assert status(south).last_verified_at is None
    assert mail.outbox == []


def test_a_new_failure_is_stored_and_told_once(north, north_owner, add_member, sandbox, woken):
    add_member(north, Role.MEMBER)
    admin = add_member(north, Role.ADMIN)
    connect_twilio(north)
    sandbox.spoil(provider="twilio", status=401)

    for _ in range(3):
        night(woken)

    assert status(north).verification_error.startswith("Twilio did not accept")
    (message,) = mail.outbox
    assert message.subject == "Twilio needs your attention"
    assert set(message.recipients()) == {north_owner.email, admin.email}
    assert message.to == []
    assert "North Clinic" in message.body


def test_after_it_worked_again_the_next_failure_is_news(north, sandbox, woken):
    connect_twilio(north)
    for expected in (1, 2):
        sandbox.spoil(provider="twilio", status=401)
        night(woken)
        assert len(mail.outbox) == expected
        sandbox.heal(provider="twilio")
        night(woken)
        assert status(north).verification_error == ""


def test_a_provider_that_is_down_for_the_night_is_nobodys_failure(north, sandbox, woken):
    connect_twilio(north)
    sandbox.spoil(provider="twilio", status=503)

    night(woken)
    assert status(north).verification_error == ""
    assert mail.outbox == []


def test_the_platforms_own_key_being_wrong_worries_no_clinic(north, sandbox, woken, settings):
    settings.VAPI_PRIVATE_KEY = "platform-key-bad"

    night(woken)
    assert status(north, Provider.VAPI).verification_error == ""
    assert mail.outbox == []


def test_a_revoked_calendar_is_found_at_night(north, sandbox, woken):
    connect_calendar(north)
    sandbox.control("POST", "/google/revoke", {"email": EMAIL})

    night(woken)
    night(woken)
    assert "ended our access" in status(north, Provider.GOOGLE_CALENDAR).verification_error
    assert len(mail.outbox) == 1


def test_what_cannot_be_decrypted_is_found_at_night(north, sandbox, woken):
    connect_twilio(north)
    credential_service.shred(org_id=north.pk, actor=Actor.system(north.pk))

    night(woken)
    night(woken)
    assert status(north).verification_error.startswith("Please reconnect Twilio")
    assert {message.subject for message in mail.outbox} == {
        "Twilio needs your attention", "Vapi needs your attention",
    }  # fmt: skip


def test_a_mail_that_could_not_be_sent_is_tried_the_next_night(north, sandbox, woken, monkeypatch):
    connect_twilio(north)
    sandbox.spoil(provider="twilio", status=401)
    with monkeypatch.context() as broken:

        def refuse(self, messages):
            raise OSError("no route")

        broken.setattr(EmailBackend, "send_messages", refuse)
        night(woken)
    assert mail.outbox == []

    night(woken)
    assert len(mail.outbox) == 1


def test_an_answer_about_replaced_credentials_counts_for_nothing(north, sandbox):
    connect_twilio(north)
    old = credential_service.read_stored(north.pk, Provider.TWILIO).version
    connect_twilio(north)

    assert not credential_service.mark_failed(org_id=north.pk, provider=Provider.TWILIO, version=old, error="refused")
    credential_service.mark_verified(org_id=north.pk, provider=Provider.TWILIO, version=old)
    assert (status(north).verification_error, status(north).last_verified_at) == ("", None)


def test_a_clinic_without_admins_is_told_nothing(north, sandbox, woken):
    from orgs.models import Membership

    connect_twilio(north)
    with org_scope(north), org_tx():
        Membership.objects.update(is_active=False)
    sandbox.spoil(provider="twilio", status=401)

    night(woken)
    assert mail.outbox == []


def test_the_job_stands_in_the_schedule():
    assert app.conf.beat_schedule["verify-credentials"]["task"] == tasks.verify_all.name
