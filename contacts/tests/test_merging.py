"""Making one lead of two: who may be the same, what moves, and that nothing is lost."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from calls.models import Call, OutboundCall
from calls.tests.factories import make_call
from contacts import merging
from contacts.caller_care import block_caller
from contacts.changing import change_contact, create_contact
from contacts.duplicates import find_duplicates
from contacts.errors import CannotMerge, NumberTaken
from contacts.merging import merge_contacts, movable_fields
from contacts.models import Contact, ContactAlias, ContactNote, LeadScore, LeadStatus, NumberUse, StaffTask
from contacts.people import find_by_number
from contacts.services import remember_caller
from contacts.tests.factories import make_contact
from orgs.actors import Actor
from orgs.models import AuditEntry
from scheduling.models import Appointment, WaitlistEntry, WaitlistOffer, WaitlistOpening
from scheduling.tests.factories import make_appointment
from telephony.messaging.opt_outs import has_opted_out, opt_out
from telephony.models import Message, OptOutSource
from voxanne.clock import now

pytestmark = pytest.mark.django_db
PHONE, OTHER = "+447700900123", "+447700900777"


@pytest.fixture
def two(north, working_for):
    """Ana under her mobile, and the same Ana under her work number."""
    with working_for(north):
        kept = make_contact(phone=PHONE, email="ana@patients.example")
        return kept, make_contact(phone=OTHER, email="ANA@patients.example", name="Ana R")


@pytest.fixture
def merge(north, two):
    def run(kept=two[0], merged=two[1]):
        return merge_contacts(org=north, kept_id=kept.pk, merged_id=merged.pk, actor=Actor.system(north.pk))

    return run


@pytest.fixture(autouse=True)
def at_work(north, working_for):
    with working_for(north):
        yield


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"email": "Ana@Patients.example"}, "Same email"),
        ({"name": "ANA reyes"}, "Same name"),
        ({"phone": "+337700900123"}, "Same number"),
        ({"name": "Ana Reyes", "email": "ana@patients.example"}, "Same email and name"),
        (
            {"name": "Ana Reyes", "email": "ana@patients.example", "phone": "+337700900123"},
            "Same name, number and email",
        ),
        ({"name": "Ana"}, None),
        ({"phone": ""}, None),
    ],
)
def test_who_may_be_the_same_is_found_and_why(facts, why):
    ana = make_contact(phone=PHONE, email="ana@patients.example")
    make_contact(**{"name": "Ben Okoye", "phone": OTHER, "email": ""} | facts)

    assert [candidate.why for candidate in find_duplicates(ana)] == ([why] if why else [])


def test_first_names_alone_make_nobody_the_same():
    ana = make_contact(name="Ana", phone=PHONE)
    make_contact(name="Ana", phone=OTHER)

    assert find_duplicates(ana) == []


def test_everything_moves(north, two, merge):
    kept, merged = two
    call = make_call(north, contact=merged)
    make_appointment(now() + timedelta(days=2), contact=merged)
    Message.objects.create(org=north, method="sms", recipient=OTHER, idempotency_key="k", contact=merged)
    ContactNote.objects.create(contact=merged, text="Prefers Dr Chen.")
    LeadScore.objects.create(contact=merged, score=60)
    StaffTask.objects.create(contact=merged, kind="check", cause="c", reason="r")
    OutboundCall.objects.create(contact=merged, idempotency_key="k", purpose="call_back", phone_number=OTHER, call=call)

    merge()
    for model in (Call, Appointment, Message, ContactNote, LeadScore, StaffTask, OutboundCall):
        assert model.objects.get().contact_id == kept.pk, model
    assert list(Contact.objects.values_list("pk", flat=True)) == [kept.pk]


def test_every_room_that_points_at_contacts_is_moved_or_says_how():
    """A constraint that names the contact would stop a merge half-way: its room must register a mover."""
    unsafe = {
        model._meta.label
        for model, field in movable_fields()
        for constraint in model._meta.constraints
        if field in getattr(constraint, "fields", ())
    }

    assert unsafe <= merging._movers.keys()
    assert {"calls.Call", "calls.OutboundCall", "scheduling.Appointment", "telephony.Message"} <= {
        model._meta.label for model, _ in movable_fields()
    }


def test_the_kept_facts_hold_and_gaps_are_filled(north, merge):
    kept = make_contact(phone="", name="", first_name="", last_name="", service_interests=["Botox"], lead_score=30)
    merged = make_contact(
        phone="+447700900888", preferences="Mornings", service_interests=["Fillers", "Botox"], notes="Old file 12",
        lead_status=LeadStatus.BOOKED, memory_enabled=False, number_use=NumberUse.SEVERAL, lead_score=80,
        custom_fields={"Referred by": "Dr Chen"},
    )  # fmt: skip
    block_caller(contact_id=merged.pk, actor=Actor.system(north.pk))
    one = merge(kept, merged)
    one.refresh_from_db()

    assert (one.name, one.first_name, one.phone) == ("Ana Reyes", "Ana", "+447700900888")
    assert (one.preferences, one.notes, one.service_interests) == ("Mornings", "Old file 12", ["Botox", "Fillers"])
    assert (one.lead_status, one.memory_enabled, one.number_use) == ("booked", False, "several")
    assert (one.lead_score, one.custom_fields) == (80, {"Referred by": "Dr Chen"})
    assert one.blocked_at is not None, "either being blocked is enough"
    assert one.rescore_at is not None


def test_again_it_changes_nothing(two, merge):
    first, second = merge(), merge()

    assert first.pk == second.pk == two[0].pk
    assert ContactAlias.objects.count() == 1
    assert AuditEntry.objects.filter(action="contact.merged").count() == 1


def test_nobody_is_merged_with_themselves(two, merge):
    with pytest.raises(CannotMerge):
        merge(two[0], two[0])


def test_the_other_number_calls_as_the_kept_one_from_then_on(north, two, merge):
    merge()

    assert find_by_number(OTHER).pk == two[0].pk
    again = remember_caller(org=north, phone=OTHER, name="Somebody Else", source="call")
    assert (again.pk, again.name, again.phone) == (two[0].pk, "Ana Reyes", PHONE)
    assert again.last_contacted_at is not None
    assert Contact.objects.count() == 1


def test_a_number_that_came_with_a_merge_is_nobody_elses(north, two, merge):
    merge()
    actor = Actor.system(north.pk)

    with pytest.raises(NumberTaken) as refused:
        create_contact(org=north, facts={"name": "Ben", "phone": OTHER}, actor=actor)
    assert refused.value.context["contact_id"] == two[0].pk
    changed = change_contact(org=north, contact_id=two[0].pk, changes={"phone": OTHER}, actor=actor)
    assert changed.phone == OTHER
    assert find_by_number(OTHER).pk == two[0].pk


def test_stop_from_the_other_number_still_counts(north, two, merge):
    merge()
    opt_out(org=north, number=OTHER, source=OptOutSource.KEYWORD, actor=Actor.system(north.pk))

    assert has_opted_out(org=north, number=PHONE, contact_id=two[0].pk)


def test_merging_on_leads_through_everybody_who_was_merged(north, two, merge):
    third = make_contact(phone="+447700900999")
    merge()
    merge(third, two[0])

    assert find_by_number(OTHER).pk == third.pk
    assert set(ContactAlias.objects.values_list("former_id", flat=True)) == {two[0].pk, two[1].pk}


def test_two_who_wait_for_the_same_wait_once(two, merge):
    for contact in two:
        WaitlistEntry.objects.create(
            contact=contact, patient_name="Ana", first_day=now().date(), last_day=now().date(), expires_at=now()
        )
    merge()

    assert sorted(WaitlistEntry.objects.values_list("contact_id", "state")) == [
        (two[0].pk, "left"),
        (two[0].pk, "waiting"),
    ]


def test_two_open_offers_stand_between_them(two, merge):
    visit = make_appointment(now() + timedelta(days=2))
    for number, contact in enumerate(two):
        entry = WaitlistEntry.objects.create(
            contact=contact, patient_name=str(number), first_day=now().date(), last_day=now().date(), expires_at=now()
        )
        opening = WaitlistOpening.objects.create(
            practitioner=visit.practitioner,
            starts_at=now() + timedelta(days=number),
            ends_at=now() + timedelta(days=number + 1),
        )
        WaitlistOffer.objects.create(
            opening=opening, entry=entry, contact=contact, practitioner=visit.practitioner,
            starts_at=opening.starts_at, ends_at=opening.ends_at, expires_at=now(),
        )  # fmt: skip
    with pytest.raises(CannotMerge, match="offer from the waiting list"):
        merge()
    assert Contact.objects.count() == 2


def test_dying_half_way_leaves_both_as_they_were(north, two, merge, monkeypatch):
    make_call(north, contact=two[1])

    def die(kept, merged):
        raise IntegrityError("dead")

    monkeypatch.setitem(merging._movers, "telephony.Message", die)
    with pytest.raises(IntegrityError):
        merge()
    assert Contact.objects.count() == 2
    assert Call.objects.get().contact_id == two[1].pk
