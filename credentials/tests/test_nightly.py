"""Every night all credentials are tried; a new failure is told to the admins once."""

import dataclasses
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from credentials import connections, tasks
from credentials.alert_claims import CLAIM_LASTS, claim_alert, finish_alert
from credentials.service import credential_service
from credentials.tests.calendar_clinic import EMAIL, connect_calendar
from credentials.tests.given import TWILIO
from credentials.types import Provider, Secret, TwilioCredentials
from orgs.accounts import deliver
from orgs.actors import Actor
from orgs.models import Role
from orgs.scope import org_scope, org_tx
from voxanne.celery import app
from voxanne.clock import now
from voxanne.mail import KeyedMessage


class WorkerDied(BaseException):
    """As `SIGKILL` ends a worker: nothing after it runs."""


def die(*args, **kwargs):
    raise WorkerDied


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


@pytest.fixture
def through_resend(sandbox, settings):
    """Mail leaves as in production."""
    settings.EMAIL_BACKEND, settings.DEFAULT_FROM_EMAIL = "voxanne.mail.ResendBackend", "desk@clinic.example"
    settings.ANYMAIL = {"RESEND_API_KEY": "re_platform_0123456789", "RESEND_API_URL": f"{settings.RESEND_BASE_URL}/"}


@pytest.fixture
def two_admins(north, north_owner, add_member):
    """Their addresses."""
    return north_owner.email, add_member(north, Role.ADMIN).email


def run_woken(woken):
    while woken:
        task, args = woken.pop(0)
        task(*args)


def night(woken):
    """One nightly run, with everything that it wakes."""
    tasks.verify_all()
    run_woken(woken)


def sweep(woken):
    """One run of the sweeper, with everything that it wakes."""
    tasks.sweep_alerts()
    run_woken(woken)


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
    assert [message.to for message in mail.outbox] == [[north_owner.email], [admin.email]]
    for message in mail.outbox:
        assert message.subject == "Twilio needs your attention"
        assert message.recipients() == message.to
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


def test_a_mail_that_could_not_be_sent_is_tried_again_by_the_sweeper(north, sandbox, woken, monkeypatch):
    connect_twilio(north)
    sandbox.spoil(provider="twilio", status=401)
    with monkeypatch.context() as broken:

        def refuse(self, messages):
            raise OSError("no route")

        broken.setattr(EmailBackend, "send_messages", refuse)
        night(woken)
    assert mail.outbox == []

    for _ in range(2):
        sweep(woken)
        assert len(mail.outbox) == 1


def test_who_was_told_already_is_not_told_again_for_the_others_sake(two_admins, through_resend, north, sandbox, woken):
    owner, admin = two_admins
    connect_twilio(north)
    sandbox.spoil(provider="twilio", status=401)
    with pytest.MonkeyPatch.context() as flaky:

        def deliver_to_the_owner_only(message, what):
            return message.to != [admin] and deliver(message, what=what)

        flaky.setattr("credentials.alerts.deliver", deliver_to_the_owner_only)
        night(woken)
    sweep(woken)
    sweep(woken)

    posted = sandbox.requests_to("resend", "POST", "/emails")
    assert [item["body"]["to"] for item in posted] == [[owner], [owner], [admin]]
    first, again, other = (item["response"]["id"] for item in posted)
    assert first == again != other


def test_a_worker_that_dies_before_it_has_sent_is_followed_by_another(north, sandbox, woken, monkeypatch):
    connect_twilio(north)
    sandbox.spoil(provider="twilio", status=401)
    with monkeypatch.context() as dying:
        dying.setattr("credentials.alerts.deliver", die)
        with pytest.raises(WorkerDied):
            night(woken)
    woken.clear()

    sweep(woken)
    assert mail.outbox == []  # the claim of the dead still counts: it may only be slow
    with time_machine.travel(now() + CLAIM_LASTS + timedelta(seconds=1), tick=True):
        sweep(woken)
        sweep(woken)
    assert len(mail.outbox) == 1


def test_a_worker_that_dies_after_it_has_sent_has_its_mail_known_by_the_key(north, sandbox, woken, monkeypatch):
    connect_twilio(north)
    sandbox.spoil(provider="twilio", status=401)
    with monkeypatch.context() as dying:
        dying.setattr("credentials.alerts.failpoint", die)
        with pytest.raises(WorkerDied):
            night(woken)
    woken.clear()
    with time_machine.travel(now() + CLAIM_LASTS + timedelta(seconds=1), tick=True):
        sweep(woken)

    first, second = mail.outbox
    assert first.idempotency_key == second.idempotency_key
    assert first.message().as_string().count(first.idempotency_key) == 0


def test_each_failure_has_a_key_of_its_own(north, sandbox, woken):
    connect_twilio(north)
    for _ in range(2):
        sandbox.spoil(provider="twilio", status=401)
        night(woken)
        sandbox.heal(provider="twilio")
        night(woken)

    first, second = mail.outbox
    assert first.idempotency_key != second.idempotency_key


def test_a_late_worker_does_not_mark_the_next_failure_as_told(north, sandbox):
    connect_twilio(north)
    credential_service.mark_failed(org_id=north.pk, provider=Provider.TWILIO, error="refused")
    late = claim_alert(north.pk, Provider.TWILIO)
    connect_twilio(north)
    credential_service.mark_failed(org_id=north.pk, provider=Provider.TWILIO, error="refused")

    finish_alert(north.pk, Provider.TWILIO, late)
    assert claim_alert(north.pk, Provider.TWILIO).failure != late.failure


def test_vapi_is_asked_once_for_the_account_that_clinics_share(north, south, sandbox, woken):
    before = len(sandbox.requests_to_vapi("GET", "/assistant"))
    night(woken)

    assert len(sandbox.requests_to_vapi("GET", "/assistant")) == before + 1
    for org in (north, south):
        assert status(org, Provider.VAPI).last_verified_at is not None


def test_vapi_is_asked_for_each_account_of_a_clinics_own(north, south, sandbox, woken, settings):
    settings.ALLOW_ORG_VAPI_KEYS = True
    connections.connect_vapi(org=south, given={"apiKey": "clinic-key-of-south"}, actor=Actor.system(south.pk))
    before = len(sandbox.requests_to_vapi("GET", "/assistant"))

    night(woken)
    assert len(sandbox.requests_to_vapi("GET", "/assistant")) == before + 2


def test_a_key_of_a_clinics_own_that_stopped_working_is_found_beside_a_working_platform(
    north, south, sandbox, woken, settings
):
    settings.ALLOW_ORG_VAPI_KEYS = True
    stored = credential_service.get(south.pk, Provider.VAPI)
    broken = dataclasses.replace(stored, api_key=Secret("clinic-key-gone-bad"))
    credential_service.save(org_id=south.pk, credentials=broken, actor=Actor.system(south.pk))

    night(woken)
    assert status(south, Provider.VAPI).verification_error.startswith("Vapi did not accept this key")
    assert status(north, Provider.VAPI).verification_error == ""


def test_testing_one_integration_by_hand_asks_vapi_anew(north, sandbox, woken):
    night(woken)
    before = len(sandbox.requests_to_vapi("GET", "/assistant"))

    connections.verify(org=north, provider=Provider.VAPI)
    assert len(sandbox.requests_to_vapi("GET", "/assistant")) == before + 1


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


def test_resend_sends_a_keyed_mail_once(through_resend):
    sent = []
    for key in ("one", "one", "two"):
        message = KeyedMessage("Hello", "There", to=["a@b.example"], idempotency_key=key)
        message.send()
        sent.append(message.anymail_status.message_id)

    assert sent[0] == sent[1] != sent[2]


def test_the_jobs_stand_in_the_schedule():
    named = {job["task"] for job in app.conf.beat_schedule.values()}
    assert {tasks.verify_all.name, tasks.sweep_alerts.name} <= named
