"""From a cancelled visit to a booked one, with Twilio simulated over HTTP."""

import pytest
from django.urls import reverse

from orgs.models import Role
from orgs.scope import org_scope
from scheduling.models import Appointment, AppointmentStatus, WaitlistOffer, WaitlistOpening
from scheduling.tests.waitlist.conftest import ANA, BEN, WaitingClinic
from scheduling.waitlist.tasks import offer_next, sweep_waitlist
from telephony.messaging.delivering import claim_due, deliver
from telephony.models import Message, OptOut
from telephony.tests.hooks import post, text_form, text_in
from telephony.tests.texting import texts_at_twilio

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(clinic: WaitingClinic, provider_sandbox, add_member, sign_in):
    return sign_in(add_member(clinic.org, Role.MEMBER))


def run_workers(clinic: WaitingClinic) -> None:
    """What was woken: the openings, then the texts."""
    for opening in clinic.rows(WaitlistOpening, due_at__isnull=False):
        offer_next(str(clinic.org.pk), str(opening.pk))
    for message in clinic.rows(Message, status="queued"):
        with org_scope(clinic.org):
            deliver(org=clinic.org, message_id=message.pk)


def standing(clinic: WaitingClinic) -> list[str]:
    return [row.patient_name for row in clinic.rows(Appointment, status=AppointmentStatus.CONFIRMED)]


def sent(sandbox, number: str) -> list[str]:
    """What reached a number, oldest first."""
    return [text["body"] for text in texts_at_twilio(sandbox) if text["to"] == number]


def test_a_cancelled_visit_becomes_another_by_text(desk, clinic, provider_sandbox):
    clinic.wait()
    clinic.wait("Ben Okoye", BEN)
    visit = clinic.visit()

    desk.post(reverse("scheduling:cancel", args=[visit.pk]), {"reason": "Ill"})
    run_workers(clinic)
    [question] = sent(provider_sandbox, ANA)
    assert "has become free. Reply YES within 15 minutes" in question

    assert text_in("No, sorry", From=ANA).status_code == 200  # for people to read: nothing happens
    assert text_in("no", From=ANA).status_code == 200
    run_workers(clinic)
    form = text_form("Yes!", From=BEN)
    assert [post("/api/twilio/sms", form).status_code for _ in range(2)] == [200, 200]
    run_workers(clinic)

    assert standing(clinic) == ["Ben Okoye"]
    assert [text[:14] for text in sent(provider_sandbox, BEN)] == ["North Clinic: ", "You are booked"]
    assert sent(provider_sandbox, ANA)[1:] == ["No problem. You stay on our waiting list. Reply LEAVE to come off it."]


def test_a_yes_that_nobody_signed_books_nothing(desk, clinic):
    clinic.wait()
    clinic.free()
    run_workers(clinic)

    answer = post("/api/twilio/sms", text_form("YES", From=ANA), signature="forged")

    assert answer.status_code == 403
    assert standing(clinic) == []
    assert clinic.offers() == [("Ana Reyes", "open")]


def test_who_texts_stop_is_asked_no_more(desk, clinic, provider_sandbox):
    clinic.wait()
    clinic.free()
    run_workers(clinic)
    text_in("STOP", From=ANA)
    assert clinic.rows(OptOut) != []

    clinic.change(WaitlistOffer, state="passed")
    clinic.change(WaitlistOpening, state="closed", due_at=None)
    clinic.wait(service=None)
    clinic.free()

    assert [row.problem for row in clinic.rows(WaitlistOffer, state="failed")] == ["They asked for no more messages."]


def test_what_no_task_was_woken_for_the_sweeper_finds(desk, clinic, provider_sandbox, monkeypatch):
    woken: list[tuple[str, ...]] = []
    clinic.wait()
    clinic.cancel(clinic.visit())
    monkeypatch.setattr("scheduling.waitlist.tasks.wake", lambda task, *ids: woken.append(ids))

    assert (sweep_waitlist(), sweep_waitlist()) == (1, 0)
    [ids] = woken
    assert offer_next(*ids) == "offered"
    assert [org_id for org_id, _ in claim_due()] == []  # the text's own task has its turn first
    run_workers(clinic)
    assert len(sent(provider_sandbox, ANA)) == 1
