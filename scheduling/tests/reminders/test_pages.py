"""Choosing reminders, seeing what became of each, and sending one now: in a browser and through the API."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contacts.models import Contact
from orgs.models import AuditEntry, Role
from scheduling.changing import cancel_appointment
from scheduling.models import Appointment, Reminder, ReminderSettings
from scheduling.reminders.choices import leads_of
from scheduling.reminders.planning import TOO_LATE
from scheduling.tests.reminders.conftest import FRIDAY, MAIL, TUESDAY_TEN
from telephony.models import Message
from telephony.tests.texting import PATIENT

pytestmark = pytest.mark.django_db
PAGE, PREVIEW, SAMPLE = (f"/dashboard/settings/reminders{part}" for part in ("", "/preview", "/sample"))


@pytest.fixture
def admin(north_owner, sign_in, clinic):
    return sign_in(north_owner)


@pytest.fixture
def desk(north, add_member, sign_in, clinic):
    return sign_in(add_member(north, Role.MEMBER))


def text(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def typed(**more: str) -> dict[str, str]:
    return {
        **dict.fromkeys(("lead_10080", "lead_4320", "lead_240", "confirmation"), "off"), "lead_1440": "sms",
        "lead_120": "email", "sms_text": "See you on {date} at {time}, {name}.",
        "email_subject": "Your visit", "email_text": "Hello {name}", "confirmation_text": "Booked: {reference}",
        "quiet_from": "21:00", "quiet_until": "07:30", **more,
    }  # fmt: skip


def remind(browser, visit, method="sms", **headers):
    return browser.post(
        f"/api/appointments/{visit.pk}/send-reminder", f'{{"method": "{method}"}}',
        content_type="application/json", headers=headers,
    )  # fmt: skip


def test_the_page_shows_what_is_usual_and_what_a_patient_would_read(admin):
    page = admin.get(PAGE)
    assert "neither Twilio nor Resend is connected" in text(page)
    assert "North Clinic: Hi Ana, your appointment is on Saturday 21 November at 10:00" in text(page)
    assert page.context["preview"].sms_segments == 1
    assert [field.initial for field in page.context["form"].leads] == ["off", "off", "sms", "off", "sms"]


def test_what_an_admin_chooses_is_kept(admin, clinic):
    answer = admin.post(PAGE, typed(), follow=True)
    assert "Saved. Planned reminders follow within a minute." in text(answer)
    (kept,) = clinic.rows(ReminderSettings)
    assert [(lead.minutes, lead.channel.value) for lead in leads_of(kept)] == [(1440, "sms"), (120, "email")]
    assert f"{kept.quiet_from:%H:%M}–{kept.quiet_until:%H:%M}" == "21:00–07:30"
    assert "Nothing was changed." in text(admin.post(PAGE, typed(), follow=True))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"sms_text": "Hi {nme}"}, "There is no {nme}. Use {name}, {clinic}"),
        ({"sms_text": ""}, "Write what patients are to read."),
        ({"sms_text": "ä" * 200 + "😀" * 10}, "Shorten it to 3 at most"),
        ({"sms_text": "Call {phone}"}, "Your clinic has no phone number yet."),
        ({"email_subject": ""}, "An email needs a subject."),
        ({"quiet_from": "25:00"}, "valid time"),
        ({"lead_1440": "fax"}, "valid choice"),
    ],
)
def test_what_cannot_be_is_said_in_plain_words_and_nothing_is_kept(admin, clinic, wrong, told):
    answer = admin.post(PAGE, typed(**wrong))
    assert answer.status_code == 422
    assert told in text(answer)
    assert clinic.rows(ReminderSettings) == []


def test_the_preview_shows_what_stands_in_the_form_and_stores_nothing(admin, clinic):
    part = admin.post(PREVIEW, typed(), headers={"HX-Request": "true"})
    assert "See you on Saturday 21 November at 10:00, Ana." in text(part)
    assert b"<html" not in part.content
    whole = admin.post(PREVIEW, typed(sms_text="Hi {nme}"))
    assert "There is no {nme}." in text(whole)
    assert b"<html" in whole.content
    assert clinic.rows(ReminderSettings) == []


def test_members_read_and_do_not_choose(desk):
    assert "Admins and owners change these." in text(desk.get(PAGE))
    for address in (PAGE, PREVIEW, SAMPLE):
        assert desk.post(address, typed()).status_code == 403


def test_a_sample_is_sent_once_to_whoever_asks(admin, texting):
    asked = {"channel": "sms", "to": "07700 900777", "key": "k1"}
    assert "The sample is on its way." in text(admin.post(SAMPLE, asked, follow=True))
    admin.post(SAMPLE, asked)
    (sample,) = texting.messages()
    assert (sample.recipient, sample.purpose) == ("+447700900777", "sample")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"channel": "sms", "to": "12"}, "Enter a whole mobile number"),
        ({"channel": "email", "to": "ana"}, "valid email address"),
        ({"channel": "sms", "to": "07700 900777"}, "Twilio not configured"),
    ],
)
def test_a_sample_that_cannot_be_sent_says_why(admin, clinic, asked, told):
    answer = admin.post(SAMPLE, asked)
    assert (answer.status_code, told in text(answer)) == (422, True)


def test_a_visit_shows_each_reminder_with_its_state_and_reason(desk, texting):
    visit = texting.book(TUESDAY_TEN)
    texting.change(Reminder, {"lead_minutes": 1440}, state="skipped", reason=TOO_LATE)
    page = text(desk.get(reverse("scheduling:one", args=[visit.pk])))
    assert re.search(rf"24 hours before SMS, .*{re.escape(TOO_LATE)} Not sent", page)
    assert re.search(r"2 hours before SMS, .* Planned", page)


def test_a_visits_page_costs_the_same_for_one_reminder_and_for_many(desk, texting):
    texting.choose(leads=[{"minutes": minutes, "channel": "sms"} for minutes in (60, 120, 240, 1440)])
    many = texting.book(TUESDAY_TEN)
    texting.choose(leads=[{"minutes": 60, "channel": "sms"}])
    one = texting.book(TUESDAY_TEN + timedelta(hours=1), patient_name="Ben")
    counts = []
    for visit in (one, many):
        desk.get(reverse("scheduling:one", args=[visit.pk]))
        with CaptureQueriesContext(connection) as asked:
            desk.get(reverse("scheduling:one", args=[visit.pk]))
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_send_reminder_now_is_a_button_that_works_once(desk, texting):
    visit = texting.book(TUESDAY_TEN)
    page = desk.get(reverse("scheduling:one", args=[visit.pk]))
    assert "Send reminder now" in text(page)
    form = {"key": page.context["remind_key"], "method": "sms"}
    for _ in range(2):
        answer = desk.post(reverse("scheduling:remind", args=[visit.pk]), form, follow=True)
    assert "The reminder is on its way by SMS." in text(answer)
    assert "Sent by your team" in text(answer)
    (message,) = texting.messages()
    assert (message.recipient, message.counts_to_limit) == (PATIENT, False)
    assert texting.visit(visit).confirmation_sent
    assert len(texting.rows(AuditEntry, action="reminder.sent_by_hand")) == 1


def test_the_list_and_the_diary_show_what_patients_answered(desk, texting):
    comes, wants = texting.book(TUESDAY_TEN), texting.book(TUESDAY_TEN + timedelta(hours=1), patient_name="Ben")
    texting.change(Appointment, {"pk": comes.pk}, attendance_confirmed_at=TUESDAY_TEN)
    texting.change(Appointment, {"pk": wants.pk}, change_requested_at=TUESDAY_TEN)
    for address in ("/dashboard/appointments", "/dashboard/appointments/day?day=2026-11-24"):
        page = text(desk.get(address))
        assert "Patient comes" in page
        assert "Wants another time" in page
    page = text(desk.get(reverse("scheduling:one", args=[wants.pk])))
    assert "they would like another time" in page
    answer = desk.post(reverse("scheduling:change_settled", args=[wants.pk]), follow=True)
    assert "Noted: the visit stays as it is." in text(answer)
    assert texting.visit(wants).change_requested_at is None


def test_the_api_sends_and_says_to_whom(desk, texting):
    visit = texting.book(TUESDAY_TEN, email=MAIL)
    assert remind(desk, visit).json() == {"success": True, "recipient": PATIENT, "method": "sms"}
    assert remind(desk, visit, "email").json() == {"success": True, "recipient": MAIL, "method": "email"}
    assert texting.visit(visit).confirmation_sent
    for _ in range(2):
        assert remind(desk, visit, **{"Idempotency-Key": "k1"}).status_code == 200
    assert len(texting.messages()) == len(texting.rows(kind="by_hand")) == 3


def test_the_api_says_what_is_missing(desk, clinic):
    visit = clinic.book(TUESDAY_TEN)
    refused = remind(desk, visit)
    assert (refused.status_code, refused.json()["error"][:21]) == (400, "Twilio not configured")
    clinic.change(Contact, phone="")
    assert remind(desk, visit).json()["error"] == "There is no phone number."
    assert remind(desk, visit, "fax").status_code == 400
    assert clinic.rows(Message) == []


def test_nobody_is_reminded_of_what_is_cancelled_or_past(desk, texting, do):
    visit = texting.book(TUESDAY_TEN)
    begun = texting.make(FRIDAY - timedelta(minutes=1), contact_id=visit.contact_id)
    assert remind(desk, begun).status_code == 409
    do(cancel_appointment, appointment_id=visit.pk)
    assert remind(desk, visit).status_code == 409
    assert texting.messages() == []
    assert "Send reminder now" not in text(desk.get(reverse("scheduling:one", args=[visit.pk])))
