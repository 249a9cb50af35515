"""Who takes a call: modes, hours, closures and days on which the clocks change."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from calls.routing.decisions import AgentTakes, NobodyTakes, PeopleTake, Ringing, Why, decide
from calls.routing.facts import Opening
from calls.tests.routing.known import LONDON, NINE_TO_FIVE, NOW, known
from calls.transfers import Destination
from scheduling.diary import ClosedPeriod

TRANSFER = "+442079460300"
SIP = "sip:desk@north.example"


def at(text, zone=LONDON, fold=0):
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold)


@pytest.mark.parametrize(
    ("mode", "moment", "transfer", "taken"),
    [
        ("full", "2026-11-20T12:00", TRANSFER, "agent"),
        ("full", "2026-11-20T03:00", "", "agent"),
        ("approve", "2026-11-20T12:00", TRANSFER, "agent"),
        ("off", "2026-11-20T12:00", TRANSFER, "people"),
        ("off", "2026-11-20T03:00", TRANSFER, "people"),
        ("off", "2026-11-20T12:00", "", "nobody"),
        ("after_hours", "2026-11-20T08:59", TRANSFER, "agent"),
        ("after_hours", "2026-11-20T09:00", TRANSFER, "people"),
        ("after_hours", "2026-11-20T16:59", TRANSFER, "people"),
        ("after_hours", "2026-11-20T17:00", TRANSFER, "agent"),
        ("after_hours", "2026-11-21T12:00", TRANSFER, "agent"),  # a Saturday
        ("after_hours", "2026-11-20T12:00", "", "agent"),  # nobody to put it through to: better an answer than none
    ],
)
def test_modes_and_hours(mode, moment, transfer, taken):
    decision = decide(known(agent={"mode": mode}, transfer_number=transfer), Ringing(at(moment)))

    assert isinstance(decision, {"agent": AgentTakes, "people": PeopleTake, "nobody": NobodyTakes}[taken])
    if isinstance(decision, PeopleTake):
        assert decision.destination.number == transfer


# 29 March 2026: 01:00 becomes 02:00 in London. 25 October 2026: 02:00 becomes 01:00. Both are Sundays.
NIGHT = {6: [(0, 90)], 5: [(22 * 60, 24 * 60)]}


@pytest.mark.parametrize(
    ("week", "moment", "is_open"),
    [
        ({6: [(9 * 60, 17 * 60)]}, datetime(2026, 3, 29, 8, 0, tzinfo=UTC), True),  # 09:00 summer time
        ({6: [(9 * 60, 17 * 60)]}, datetime(2026, 3, 29, 7, 59, tzinfo=UTC), False),
        ({6: [(9 * 60, 17 * 60)]}, datetime(2026, 3, 29, 16, 0, tzinfo=UTC), False),  # 17:00
        ({6: [(9 * 60, 17 * 60)]}, datetime(2026, 10, 25, 9, 0, tzinfo=UTC), True),  # 09:00 winter time
        ({6: [(9 * 60, 17 * 60)]}, datetime(2026, 10, 25, 8, 59, tzinfo=UTC), False),
        ({6: [(9 * 60, 17 * 60)]}, datetime(2026, 10, 25, 16, 59, tzinfo=UTC), True),
        (NIGHT, datetime(2026, 3, 29, 0, 59, tzinfo=UTC), True),
        (NIGHT, datetime(2026, 3, 29, 1, 0, tzinfo=UTC), False),  # 01:30 is skipped: the change itself closes
        (NIGHT, datetime(2026, 10, 25, 0, 29, tzinfo=UTC), True),  # 01:29, shown for the first time
        (NIGHT, datetime(2026, 10, 25, 0, 30, tzinfo=UTC), False),
        (NIGHT, datetime(2026, 10, 25, 1, 15, tzinfo=UTC), False),  # 01:15, shown for the second time
        (NIGHT, datetime(2026, 10, 24, 22, 59, tzinfo=UTC), True),  # until midnight
    ],
)
def test_opening_hours_follow_the_clinics_clock_on_days_when_it_changes(week, moment, is_open):
    facts = known(agent={"mode": "after_hours"}, transfer_number=TRANSFER, opening=Opening(week=week))
    assert isinstance(decide(facts, Ringing(moment)), PeopleTake if is_open else AgentTakes)


@pytest.mark.parametrize(
    ("closure", "moment", "is_open"),
    [
        (ClosedPeriod(date(2026, 11, 20), date(2026, 11, 20)), "2026-11-20T12:00", False),
        (ClosedPeriod(date(2026, 11, 16), date(2026, 11, 27)), "2026-11-20T12:00", False),
        (ClosedPeriod(date(2026, 11, 19), date(2026, 11, 19)), "2026-11-20T12:00", True),
        (ClosedPeriod(date(2026, 11, 20), date(2026, 11, 20), (12 * 60, 14 * 60)), "2026-11-20T11:59", True),
        (ClosedPeriod(date(2026, 11, 20), date(2026, 11, 20), (12 * 60, 14 * 60)), "2026-11-20T12:00", False),
        (ClosedPeriod(date(2026, 11, 20), date(2026, 11, 20), (12 * 60, 14 * 60)), "2026-11-20T14:00", True),
        (ClosedPeriod(date(2026, 11, 20), date(2026, 11, 20), (12 * 60, 24 * 60)), "2026-11-20T16:59", False),
    ],
)
def test_closures_close(closure, moment, is_open):
    facts = known(
        agent={"mode": "after_hours"},
        transfer_number=TRANSFER,
        opening=Opening(week=NINE_TO_FIVE, closures=[closure]),
    )
    assert isinstance(decide(facts, Ringing(at(moment))), PeopleTake if is_open else AgentTakes)


def test_the_clinics_zone_decides_and_not_the_servers():
    facts = known(agent={"mode": "after_hours"}, transfer_number=TRANSFER, zone=ZoneInfo("America/New_York"))
    assert isinstance(decide(facts, Ringing(datetime(2026, 11, 20, 9, 30, tzinfo=UTC))), AgentTakes)
    assert isinstance(decide(facts, Ringing(datetime(2026, 11, 20, 14, 30, tzinfo=UTC))), PeopleTake)


def test_without_an_agent_or_its_assistant_people_take_the_call():
    without_agent = replace(known(transfer_number=TRANSFER), agent=None)
    for facts in (known(transfer_number=TRANSFER, agent={"assistant_id": ""}), without_agent):
        assert decide(facts, Ringing(NOW)) == PeopleTake(Destination(TRANSFER), Why.NO_AGENT)
    nobody = decide(known(agent={"assistant_id": ""}), Ringing(NOW))
    assert isinstance(nobody, NobodyTakes)
    assert nobody.sentence.startswith("Thank you for calling North Clinic.")


def test_a_blocked_caller_is_refused_whatever_else_holds():
    facts = known(caller={"is_blocked": True}, agent={"mode": "off"}, transfer_number=TRANSFER)
    assert decide(facts, Ringing(NOW)).why is Why.BLOCKED


@pytest.mark.parametrize("mode", ["off", "after_hours"])
def test_no_call_goes_in_circles(mode):
    """Neither back to the line that passed it on, nor to a number that an agent answers."""
    facts = known(agent={"mode": mode}, transfer_number=TRANSFER)
    looping = [
        decide(facts, Ringing(NOW, forwarded_from=TRANSFER)),
        decide(replace(facts, own_numbers=[TRANSFER]), Ringing(NOW)),
        decide(facts, Ringing(NOW, caller_number=TRANSFER)),
    ]

    assert not any(isinstance(decision, PeopleTake) for decision in looping)
    with_sip = replace(facts, transfer_sip_uri=SIP)
    assert decide(with_sip, Ringing(NOW, forwarded_from=TRANSFER)).destination == Destination(sip_uri=SIP)


CLOSED_AT, OPEN_AT = at("2026-11-20T20:00"), at("2026-11-20T12:00")


@pytest.mark.parametrize("mode", ["full", "after_hours"])
def test_while_the_clinic_is_closed_the_agent_does_as_it_was_told(mode):
    def closed(behaviour, moment=CLOSED_AT, **values):
        agent = {"mode": mode, "closed_behaviour": behaviour, "after_hours_message": "We open at nine."}
        return decide(known(agent=agent, **values), Ringing(moment))

    assert closed("answer") == AgentTakes(closed("answer").agent)
    assert closed("message").greeting == "We open at nine."
    assert closed("goodbye") == NobodyTakes("We open at nine.", Why.CLOSED)
    assert isinstance(closed("goodbye", OPEN_AT), AgentTakes)
    assert closed("message", OPEN_AT).greeting == ""
    # A clinic that has told no hours is never called closed: it would hang up on everybody.
    assert isinstance(closed("goodbye", opening=Opening()), AgentTakes)


def test_an_agents_own_destination_goes_before_the_clinics():
    facts = known(agent={"mode": "off", "transfers_to": "+442079460311"}, transfer_number=TRANSFER)

    assert decide(facts, Ringing(NOW)).destination == Destination("+442079460311")
    assert decide(replace(facts, own_numbers=["+442079460311"]), Ringing(NOW)).destination == Destination(TRANSFER)
    by_sip = known(agent={"mode": "off", "transfers_to": SIP}, transfer_number=TRANSFER)
    assert decide(by_sip, Ringing(NOW)).destination == Destination(sip_uri=SIP)
