"""One lead's page: who they are, what was between them and the clinic, and what the team decides."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from calls.tests.factories import make_call
from contacts.models import Contact
from contacts.notes import add_note
from contacts.tests.factories import make_contact
from orgs.actors import Actor, ActorKind
from orgs.models import AuditEntry
from orgs.scope import org_scope, org_tx
from scheduling.models import Appointment
from scheduling.tests.factories import make_appointment
from telephony.messaging.opt_outs import opt_out
from telephony.models import Message, OptOut, OptOutSource
from telephony.tests.texting import connect_resend, connect_twilio
from voxanne.clock import now

pytestmark = pytest.mark.django_db
PHONE = "+447700900123"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def browser(north, north_owner, sign_in):
    return sign_in(north_owner)


@pytest.fixture
def ana(north, working_for):
    with working_for(north):
        return make_contact(phone=PHONE, email="ana@patients.example", service_interests=["Botox"])


@pytest.fixture
def url(ana):
    return f"/dashboard/leads/{ana.pk}"


def contact_of(org):
    with org_scope(org), org_tx():
        return Contact.objects.get()


def audited(org, prefix="contact."):
    with org_scope(org), org_tx():
        return list(
            AuditEntry.objects.filter(action__startswith=prefix).order_by("id").values_list("action", flat=True)
        )


def keep_message(org, ana, number=0, **values):
    facts = {"method": "sms", "recipient": PHONE, "content": f"Text {number}.", "status": "delivered", "contact": ana}
    return Message.objects.create(org=org, idempotency_key=f"kept-{number}", **facts | values)


def test_the_page_says_who_they_are(browser, url):
    page = browser.get(url).text

    said = "A warm lead who is new, interested in Botox."
    for words in (said, "Ana Reyes", "07700 900123", "ana@patients.example", "Nothing yet"):
        assert words in page


def test_reading_it_is_audited_once_and_live_refreshes_are_not(browser, north, url):
    browser.get(url)
    browser.get(url, headers=HTMX)

    assert audited(north) == ["contact.opened"]


def test_the_thread_holds_everything_newest_first(browser, north, north_owner, *, working_for, ana, url):
    with working_for(north):
        writer = Actor(kind=ActorKind.USER, org_id=north.pk, user_id=north_owner.pk)
        make_call(north, contact=ana, outcome_summary="Asked about Botox.", outcome="completed")
        make_appointment(now() + timedelta(days=2), contact=ana)
        keep_message(north, ana)
        add_note(contact_id=ana.pk, text="Prefers Dr Chen.", actor=writer)

    page = browser.get(url).text
    places = [page.index(words) for words in ("Prefers Dr Chen.", "Text 0.", ", booked ", "Asked about Botox.")]
    assert places == sorted(places)
    assert "Nora North" in page


def test_a_long_thread_can_be_read_to_its_end(browser, north, working_for, ana, url):
    with working_for(north):
        for number in range(30):
            make_call(
                north, contact=ana, outcome_summary=f"Call {number:02d}.", created_at=now() - timedelta(hours=number)
            )
            keep_message(north, ana, number, content=f"Text {number:02d}.")
    seen, page = [], browser.get(url).text
    while True:
        seen += re.findall(r"(?:Call|Text) \d\d\.", page)
        following = re.search(r'hx-get="([^"]*cursor=[^"]*)"', page)
        if following is None:
            break
        page = browser.get(following[1], headers=HTMX).text

    assert (len(seen), len(set(seen))) == (60, 60)


def test_a_longer_thread_takes_no_more_queries(browser, north, working_for, ana, url):
    def fill(count, first):
        with working_for(north):
            for number in range(first, first + count):
                make_call(north, contact=ana)
                keep_message(north, ana, number)
                make_appointment(now() + timedelta(days=2 + number), contact=ana)

    def count():
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(url).status_code == 200
        return len(captured)

    fill(1, 0)
    browser.get(url)  # what a session looks up once
    few = count()
    fill(8, 1)
    assert count() == few


def test_what_is_known_of_them_is_corrected(browser, north, working_for, url):
    form = {"name": "Ana Reyes-Lund", "phone": "07700 900124", "email": "", "lead_status": "lost"}
    answer = browser.post(
        f"{url}/edit", form | {"service_interests": ["Botox", "Fillers"], "date_of_birth": "1990-04-01"}
    )

    assert (answer.status_code, answer.url) == (302, url)
    ana = contact_of(north)
    assert (ana.name, ana.last_name, ana.phone, ana.email) == ("Ana Reyes-Lund", "Reyes-Lund", "+447700900124", "")
    assert (ana.service_interests, ana.lead_status) == (["Botox", "Fillers"], "lost")
    assert ana.rescore_at is not None, "a stage counts for the score"
    assert audited(north)[-1] == "contact.changed"


def test_somebody_elses_number_is_refused_and_leads_to_them(browser, north, working_for, url):
    with working_for(north):
        other = make_contact(phone="+447700900555")

    answer = browser.post(f"{url}/edit", {"name": "Ana", "phone": "07700 900555", "lead_status": "new"})
    assert answer.status_code == 422
    assert f"/dashboard/leads/{other.pk}" in answer.text


def test_what_the_team_keeps_in_mind_is_stored(browser, north, url):
    form = {"preferences": " Prefers\nmornings ", "number_use": "one", "memory_enabled": "on"}

    assert browser.post(f"{url}/remember", form).url == url
    ana = contact_of(north)
    assert (ana.preferences, ana.number_use, ana.memory_enabled) == ("Prefers mornings", "one", True)
    assert browser.post(f"{url}/remember", form | {"preferences": "x" * 301}).status_code == 422


def test_they_are_blocked_and_answered_again(browser, north, url):
    for _ in range(2):
        browser.post(f"{url}/block")
    assert "Blocked since" in browser.get(url).text
    browser.post(f"{url}/unblock")

    assert contact_of(north).blocked_at is None
    assert [entry for entry in audited(north) if "block" in entry] == ["contact.blocked", "contact.unblocked"]


def test_the_teams_word_on_texts_can_be_taken_back(browser, north, url):
    for _ in range(2):
        browser.post(f"{url}/stop-texts")
    assert contact_of(north).opted_out_at is not None
    assert "No texts since" in browser.get(url).text

    browser.post(f"{url}/allow-texts")
    assert contact_of(north).opted_out_at is None
    with org_scope(north), org_tx():
        assert not OptOut.objects.exists()


def test_their_own_stop_is_not_for_the_team_to_take_back(browser, north, ana, url):
    with org_scope(north), org_tx():
        opt_out(org=north, number=PHONE, source=OptOutSource.KEYWORD, actor=Actor.system(north.pk))

    assert "allow-texts" not in browser.get(url).text
    assert "They can text START" in browser.post(f"{url}/allow-texts", follow=True).text
    assert contact_of(north).opted_out_at is not None


def test_a_text_goes_out_once_and_stands_in_the_thread(browser, north, url):
    connect_twilio(north)
    form = {"message": "We have a time on Tuesday.", "key": "one-wish"}

    answers = [browser.post(f"{url}/text", form, headers=HTMX) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [204, 204]
    assert "on its way" in answers[0]["HX-Trigger"]
    with org_scope(north), org_tx():
        message = Message.objects.get()
        assert (message.recipient, message.status, message.counts_to_limit) == (PHONE, "queued", False)
    assert "We have a time on Tuesday." in browser.get(url).text


def test_an_email_goes_out(browser, north, url):
    connect_resend(north)

    answer = browser.post(
        f"{url}/email", {"subject": "Your question", "message": "Here it is.", "key": "k"}, follow=True
    )
    assert "Your email is on its way." in answer.text
    with org_scope(north), org_tx():
        assert Message.objects.get().recipient == "ana@patients.example"


@pytest.mark.parametrize(
    ("facts", "form", "words"),
    [
        ({}, {"message": ""}, "This field is required."),
        ({}, {"message": "x" * 161}, "at most 160 characters"),
        ({"phone": ""}, {"message": "Hi"}, "There is no phone number."),
        ({"phone": "+442079460958"}, {"message": "Hi"}, "The number is a landline"),
        ({"opted_out_at": now}, {"message": "Hi"}, "has asked not to be texted"),
    ],
)
def test_a_text_that_cannot_go_says_why(browser, north, working_for, *, ana, url, facts, form, words):
    connect_twilio(north)
    with working_for(north):
        values = {name: value() if callable(value) else value for name, value in facts.items()}
        Contact.objects.filter(pk=ana.pk).update(**values)

    answer = browser.post(f"{url}/text", {"key": "k"} | form)
    assert answer.status_code == 422
    assert words in answer.text
    with working_for(north):
        assert not Message.objects.exists()


def test_without_twilio_the_form_says_what_to_do(browser, url):
    assert "Connect it in Integrations" in browser.get(f"{url}/text").text


def test_deleting_asks_first_and_keeps_what_happened(browser, north, working_for, ana, url):
    with working_for(north):
        make_call(north, contact=ana)
        make_appointment(now() - timedelta(days=20), contact=ana, status="completed")
        keep_message(north, ana)
    assert "This cannot be undone." in browser.get(f"{url}/delete").text

    assert browser.post(f"{url}/delete").url == "/dashboard/leads"
    assert browser.get(url).status_code == 404
    with working_for(north):
        assert Appointment.objects.get().contact_id is None
        assert Message.objects.get().contact_id is None
    assert audited(north)[-1] == "contact.deleted"


def test_somebody_who_is_still_to_come_is_not_deleted(browser, north, working_for, ana, url):
    with working_for(north):
        make_appointment(now() + timedelta(days=2), contact=ana)

    answer = browser.post(f"{url}/delete")
    assert answer.status_code == 409
    assert "Cancel it first." in answer.text
    assert contact_of(north).pk == ana.pk


def test_calls_and_visits_lead_to_them(browser, north, working_for, ana, url):
    with working_for(north):
        call = make_call(north, contact=ana)
        visit = make_appointment(now() + timedelta(days=2), contact=ana)

    for path in (f"/dashboard/calls/{call.pk}", f"/dashboard/appointments/{visit.pk}"):
        assert f'href="{url}"' in browser.get(path).text
