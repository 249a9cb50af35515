"""The waiting list in a browser."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contacts.models import Contact
from orgs.models import Role
from scheduling.models import WaitlistEntry, WaitlistOffer, WantedPart
from scheduling.tests.factories import make_call
from scheduling.tests.waitlist.conftest import ANA, BEN, TEN

pytestmark = pytest.mark.django_db
LIST = "/dashboard/appointments/waitlist"


@pytest.fixture
def desk(clinic, add_member, sign_in):
    return sign_in(add_member(clinic.org, Role.MEMBER))


def text(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def url(name: str, entry: WaitlistEntry) -> str:
    return reverse(f"scheduling:waitlist_{name}", args=[entry.pk])


def typed(clinic, **more: str) -> dict[str, str]:
    wish = {"service": str(clinic.service().pk), "first_day": "2026-11-24", "part_of_day": "any"}
    return {"contact_name": "Ana Reyes", "phone_number": "07911 000001", **wish, **more}


def test_an_empty_list_says_what_it_is_for(desk):
    shown = text(desk.get(LIST))
    assert "Nobody is waiting." in shown
    assert "Nothing recovered this month yet." in shown
    assert "Nobody has come off the list yet." in text(desk.get(f"{LIST}?view=past"))


def test_a_person_is_added_by_form_once(desk, clinic):
    assert desk.get(f"{LIST}/new").status_code == 200
    for _ in range(2):
        answer = desk.post(f"{LIST}/new", typed(clinic, last_day="2026-11-26", notes="Prefers <mornings>"), follow=True)
    shown = text(answer)
    assert "Ana Reyes is on the waiting list." in shown
    assert "Tue 24 Nov – Thu 26 Nov" in shown
    [entry] = clinic.rows(WaitlistEntry)
    assert entry.created_by is not None


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"contact_name": ""}, "This field is required."),
        ({"phone_number": "12"}, "number"),
        ({"first_day": "2026-02-31"}, "Enter a valid date."),
        ({"last_day": "2026-11-23"}, "The last day is before the first."),
        ({"first_day": "2026-11-01"}, "That is in the past."),
        ({"last_day": "2028-11-01"}, "Nobody can wait longer than 180 days."),
    ],
)
def test_what_cannot_be_waited_for_says_why(desk, clinic, more, said):
    answer = desk.post(f"{LIST}/new", typed(clinic, **more))
    assert answer.status_code == 422
    assert said in text(answer)
    assert clinic.rows(WaitlistEntry) == []


def test_search_and_filters_stand_in_the_address(desk, clinic):
    clinic.wait()
    clinic.wait("Ben Okoye", BEN, service=None)
    service = clinic.service().pk
    for query, found, hidden in (
        ("q=okoye", "Ben Okoye", "Ana Reyes"),
        ("q=07911000001", "Ana Reyes", "Ben Okoye"),
        (f"service={service}", "Ana Reyes", "Ben Okoye"),
    ):
        shown = text(desk.get(f"{LIST}?{query}"))
        assert found in shown
        assert hidden not in shown
    assert "Nobody on the list matches." in text(desk.get(f"{LIST}?q=nobody"))
    assert desk.get(f"{LIST}?service=nonsense&view=nonsense").status_code == 200


def test_a_long_list_has_pages(desk, clinic):
    for number in range(27):
        clinic.wait(f"Patient {number:02d}", f"+4479110010{number:02d}")
    shown = desk.get(LIST).content.decode()
    assert ("Patient 24" in shown, "Patient 25" in shown) == (True, False)
    more = re.search(r'hx-get="([^"]+cursor[^"]+)"', shown)[1].replace("&amp;", "&")
    rest = desk.get(more, headers={"HX-Request": "true"}).content.decode()
    assert ("Patient 26" in rest, "Patient 24" in rest, "<html" in rest) == (True, False, False)


def test_days_are_edited_and_the_same_wish_twice_refused(desk, clinic):
    entry = clinic.wait()
    clinic.wait(part_of_day=WantedPart.EVENING)
    changed = typed(clinic, first_day="2026-11-25", last_day="2026-11-27")
    assert "Wed 25 Nov – Fri 27 Nov" in text(desk.post(url("entry", entry), changed, follow=True))
    refused = desk.post(url("entry", entry), typed(clinic, part_of_day="evening"))
    assert refused.status_code == 422
    assert "already waits for the same" in text(refused)


def test_somebody_is_taken_off_after_asking(desk, clinic):
    entry = clinic.wait()
    assert "will not be asked about any time" in text(desk.get(url("remove", entry)))
    assert "Taken off the waiting list." in text(desk.post(url("remove", entry), follow=True))
    assert desk.get(url("entry", entry)).status_code == 404
    assert desk.post(url("remove", entry)).status_code == 302
    assert "Came off the list" in text(desk.get(f"{LIST}?view=past"))


def test_a_time_is_offered_by_hand(desk, clinic):
    entry = clinic.wait()
    page = desk.get(url("offer", entry)).content.decode()
    slot = re.findall(r'name="slot" value="([^"]+)"', page)[2]
    answer = text(desk.post(url("offer", entry), {"slot": slot}, follow=True))
    assert "Ana Reyes is being asked about Tuesday 24 November at 10 am." in answer
    assert "Has an offer" in answer
    again = text(desk.post(url("offer", entry), {"slot": slot}, follow=True))
    assert "does not wait any more, or has an offer open" in again
    assert len(clinic.texts(ANA)) == 1


def test_who_cannot_be_texted_is_to_be_rung(desk, clinic):
    entry = clinic.wait()
    clinic.change(Contact, {"phone": ANA}, phone="+442079460000")
    assert "Their number cannot receive texts." in text(desk.get(LIST))
    assert "Ring them instead." in text(desk.get(url("offer", entry)))


def test_without_twilio_the_page_says_why_nobody_is_asked(north, at, add_member, sign_in):
    shown = text(sign_in(add_member(north, Role.MEMBER)).get(LIST))
    assert "Freed times are not offered to anybody: Twilio not configured." in shown


def test_the_cancelled_visit_shows_whom_its_time_was_offered_to(desk, clinic):
    clinic.wait()
    clinic.wait("Ben Okoye", BEN)
    visit = clinic.free()
    clinic.says(ANA, "no")
    clinic.work()
    clinic.says(BEN, "yes")
    shown = text(desk.get(reverse("scheduling:one", args=[visit.pk])))
    assert "Offered from the waiting list" in shown
    assert shown.index("Ana Reyes") < shown.index("Declined") < shown.index("Ben Okoye") < shown.index("Taken")
    assert "the new appointment" in shown


def test_what_was_recovered_is_shown_on_the_list_and_the_overview(desk, clinic, north_owner, sign_in, working_for):
    clinic.wait()
    clinic.free()
    clinic.says(ANA, "yes")
    price = f"£{clinic.service().price_minor // 100}"
    assert f"{price} recovered this month: 1 visit booked from the waiting list." in text(desk.get(LIST))
    with working_for(clinic.org):
        make_call()
    overview = text(sign_in(north_owner).get("/dashboard"))
    assert f"Recovered this month {price} 1 visit from the waiting list" in overview


def test_another_clinics_list_does_not_exist(clinic, south, south_owner, sign_in):
    entry, browser = clinic.wait(), sign_in(south_owner)
    assert "Ana Reyes" not in text(browser.get(LIST))
    for name in ("entry", "offer", "remove"):
        assert browser.get(url(name, entry)).status_code == 404
        assert browser.post(url(name, entry), typed(clinic)).status_code == 404


def test_the_list_takes_the_same_number_of_queries_however_full(desk, clinic):
    counts: list[int] = []
    for hours, people in ((0, 1), (2, 8)):
        for number in range(people):
            clinic.wait(f"Patient {hours} {number}", f"+44791100{hours}{number:03d}")
        clinic.free(TEN + timedelta(hours=hours))
        clinic.change(WaitlistOffer, state="passed")
        desk.get(LIST)
        with CaptureQueriesContext(connection) as asked:
            assert desk.get(LIST).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
