"""Everything that is needed to say who answers a call, read in one statement."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from agents.models import ClosedBehaviour
from calls.routing.names import are_one_person
from contacts.models import NumberUse
from scheduling.diary import ClosedPeriod, Interval, merged
from scheduling.wall_clock import DAY_MINUTES

_READ = "SELECT who_is_calling(%s::uuid, %s, %s, %s, %s::timestamptz)"


@dataclass(frozen=True)
class AnsweringAgent:
    """The inbound agent that a number leads to, as far as a call needs it.

    Attributes:
        assistant_id: "" while Vapi has none.
        transfers_to: its own default for putting callers through, a number or a SIP address; "" for the clinic's.
        after_hours_message: what it says as `closed_behaviour` tells, while the clinic is closed.
    """

    id: str
    assistant_id: str
    mode: str
    language: str
    first_message: str
    transfers_to: str = ""
    closed_behaviour: str = ClosedBehaviour.ANSWER.value
    after_hours_message: str = ""


@dataclass(frozen=True)
class Visit:
    """An appointment that is to come."""

    starts_at: datetime
    service: str
    status: str


@dataclass(frozen=True)
class PastCall:
    """The last call of a number that has ended."""

    at: datetime
    summary: str


@dataclass(frozen=True)
class Caller:
    """The contact with the calling number.

    Attributes:
        patients: who their appointments were for.
    """

    name: str
    first_name: str
    is_blocked: bool
    is_remembered: bool
    number_use: str
    preferences: str
    patients: Sequence[str] = ()
    next_visit: Visit | None = None

    @property
    def full_name(self) -> str:
        return self.name or self.first_name


@dataclass(frozen=True)
class Opening:
    """When the clinic is open; read only for an agent to whom it matters."""

    week: Mapping[int, Sequence[Interval]] = field(default_factory=dict)
    closures: Sequence[ClosedPeriod] = ()


@dataclass(frozen=True)
class CallFacts:
    """What is known as the telephone rings.

    Attributes:
        heard_names: under which calls from this number were announced.
        own_numbers: those that agents answer: to put a call through to one would come back.
    """

    clinic: str
    zone: ZoneInfo
    greets_by_name: bool
    remembers_callers: bool
    transfer_number: str
    transfer_sip_uri: str
    is_recorded: bool = True
    recording_notice: str = ""
    agent: AnsweringAgent | None = None
    caller: Caller | None = None
    last_call: PastCall | None = None
    heard_names: Sequence[str] = ()
    own_numbers: Sequence[str] = ()
    opening: Opening = Opening()

    @cached_property
    def is_recognised(self) -> bool:
        """Whether the calling number stands for one person whom the clinic wants remembered.

        A number of several people, by what staff said or by the names heard on it, stands for nobody.
        """
        caller = self.caller
        if caller is None or not caller.is_remembered or caller.number_use == NumberUse.SEVERAL:
            return False
        if caller.number_use == NumberUse.ONE:
            return True
        return are_one_person([caller.full_name, *caller.patients, *self.heard_names])


def read_facts(
    *, org_id: UUID, called_number: str, called_number_id: str, caller_number: str, moment: datetime
) -> CallFacts:
    """Read what decides a call. One statement, which is a tenant transaction of its own where none is open.

    Args:
        called_number: in E.164; the id at Vapi counts where it is missing.
        caller_number: in E.164, "" when withheld.
    """
    with connection.cursor() as cursor:
        cursor.execute(_READ, [org_id, called_number, called_number_id, caller_number, moment])
        read = cursor.fetchone()[0]
    return _facts(json.loads(read) if isinstance(read, str) else read)


def _facts(read: dict[str, Any]) -> CallFacts:
    agent, caller, last = read["agent"], read["caller"], read["last_call"]
    return CallFacts(
        clinic=read["clinic"],
        zone=ZoneInfo(read["zone"]),
        greets_by_name=read["greets"],
        remembers_callers=read["remembers"],
        transfer_number=read["transfer_number"],
        transfer_sip_uri=read["transfer_sip_uri"],
        is_recorded=read["is_recorded"],
        recording_notice=read["recording_notice"],
        agent=AnsweringAgent(**agent) if agent else None,
        caller=_caller(caller) if caller else None,
        last_call=PastCall(at=_moment(last["at"]), summary=last["summary"]) if last else None,
        heard_names=read["heard_names"] or (),
        own_numbers=read["own_numbers"] or (),
        opening=Opening(week=_week(read["hours"] or ()), closures=[_closure(row) for row in read["closures"] or ()]),
    )


def _caller(read: dict[str, Any]) -> Caller:
    visit = read.pop("next_visit")
    return Caller(
        **{**read, "patients": read["patients"] or ()},
        next_visit=Visit(_moment(visit["starts_at"]), visit["service"], visit["status"]) if visit else None,
    )


def _week(rows: Sequence[Sequence[int]]) -> dict[int, list[Interval]]:
    found: dict[int, list[Interval]] = defaultdict(list)
    for weekday, opens, closes in rows:
        found[weekday].append((opens, closes or DAY_MINUTES))
    return {weekday: merged(intervals) for weekday, intervals in found.items()}


def _closure(row: Sequence[Any]) -> ClosedPeriod:
    first, last, since, until = row
    part = None if since is None else (since, until or DAY_MINUTES)
    return ClosedPeriod(first_day=date.fromisoformat(first), last_day=date.fromisoformat(last), part=part)


def _moment(epoch: float) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)
