"""Moving, confirming, cancelling and closing appointments. Done twice, each is done once.

Two people who move appointments of one practitioner follow each other; somebody who books meanwhile meets the
exclusion constraint. Both wait only for transactions that wait for nobody.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, connection
from psycopg.errors import ExclusionViolation
from psycopg.types.range import TimestamptzRange

from orgs import audit
from orgs.actors import Actor, ActorKind
from orgs.models import Organization
from orgs.scope import org_tx
from scheduling.availability import nearest_slots
from scheduling.contention import retry_deadlocks
from scheduling.diary import Chair, Diary
from scheduling.diary_reader import LONGEST_VISIT, Reading, read_diary
from scheduling.errors import (
    CalendarBusy,
    ClinicClosed,
    InThePast,
    NotStanding,
    SlotHeld,
    SlotNotOffered,
    SlotRefused,
    SlotTaken,
    VisitTooLong,
)
from scheduling.events import Change, FreedTime, announce, announce_freed
from scheduling.models import Appointment, AppointmentStatus, Practitioner
from scheduling.policies import check_calendars_known, check_caller_may_change
from scheduling.querysets import clear_expired_holds
from scheduling.reaching import check_reachable
from scheduling.speech import say_day
from scheduling.wall_clock import find_moment
from voxanne.clock import now
from voxanne.errors import NotFound
from voxanne.live import publish_on_commit

STANDING = (AppointmentStatus.PENDING, AppointmentStatus.CONFIRMED)
SETTLED = (AppointmentStatus.COMPLETED, AppointmentStatus.NO_SHOW)


@dataclass(frozen=True)
class Move:
    """Where a visit is to go.

    Attributes:
        starts_at: aware, or naive for the clinic's own clock.
        practitioner: None keeps the present one; for a caller it may be another who is free when that one is not.
        by_caller: only to what is offered, and within the clinic's policy. The team may move to any minute of the
            opening hours, at any notice.
        outside_hours: the team wants it although nobody is at work then.
        over_calendar: the team wants it although a calendar of the clinic's is busy then.
    """

    appointment_id: UUID
    starts_at: datetime
    practitioner: Practitioner | None = None
    by_caller: bool = False
    outside_hours: bool = False
    over_calendar: bool = False


def move_appointment(*, org: Organization, move: Move, actor: Actor) -> Appointment:
    """Move a visit to another time, or to another practitioner. Its reference and everything else stay.

    Raises:
        NotFound, NotStanding, AskTheTeam: it cannot be moved at all.
        SlotTaken, CalendarBusy, SlotNotOffered, ClinicClosed, InThePast, TooSoon, TooFarAhead: not to there; with
            `.alternatives`.
    """
    try:
        return retry_deadlocks(lambda: _move(org, move, actor))
    except SlotRefused as error:
        refused = error
    with org_tx():
        appointment: Appointment = Appointment.objects.select_related("service").get(pk=move.appointment_id)
        nearest = nearest_slots(
            org=org,
            around=find_moment(move.starts_at, org.zone) or appointment.starts_at,
            service=appointment.service,
            practitioner=move.practitioner,
        )
    raise refused.offering(nearest, org.zone)


def cancel_appointment(
    *, org: Organization, appointment_id: UUID, actor: Actor, reason: str = "", check_policy: bool = False
) -> Appointment:
    """Give a visit's time back. What was cancelled already stays as it was.

    Raises:
        NotFound: no such appointment here.
        NotStanding: it has taken place. AskTheTeam: a caller may not (`check_policy`).
    """
    with org_tx():
        appointment = _lock(appointment_id)
        if appointment.status == AppointmentStatus.CANCELLED:
            return appointment
        _check_standing(appointment)
        if check_policy:
            check_caller_may_change(org, appointment)
        appointment.status = AppointmentStatus.CANCELLED
        appointment.cancelled_at, appointment.cancel_reason = now(), reason.replace("\x00", "")[:200]
        appointment.save(update_fields=["status", "cancelled_at", "cancel_reason", "updated_at"])
        _record(org, appointment, Change.CANCELLED, actor)
        announce_freed(org, _time_of(appointment))
    return appointment


def confirm_appointment(*, org: Organization, appointment_id: UUID, actor: Actor) -> Appointment:
    """Say yes to a visit that waits for the team, or that the patient has confirmed.

    Raises:
        NotFound, NotStanding.
    """
    with org_tx():
        appointment = _lock(appointment_id)
        _check_standing(appointment)
        if appointment.status == AppointmentStatus.PENDING:
            appointment.status = AppointmentStatus.CONFIRMED
            appointment.save(update_fields=["status", "updated_at"])
            _record(org, appointment, Change.CONFIRMED, actor)
    return appointment


def settle_appointment(
    *, org: Organization, appointment_id: UUID, status: AppointmentStatus, actor: Actor
) -> Appointment:
    """Note that a visit took place, or that nobody came; the one can be put right into the other.

    Raises:
        NotFound, NotStanding. ValueError: another status.
    """
    if status not in SETTLED:
        raise ValueError(f"An appointment does not end as {status}.")
    with org_tx():
        appointment = _lock(appointment_id)
        if appointment.status != status:
            if appointment.status not in (*STANDING, *SETTLED):
                raise NotStanding
            appointment.status = status
            appointment.save(update_fields=["status", "updated_at"])
            _record(org, appointment, Change.SETTLED, actor)
    return appointment


def follow_calendar(
    *, org: Organization, appointment_id: UUID, starts_at: datetime, ends_at: datetime, source: str
) -> Appointment:
    """Give a visit exactly the times that somebody gave its event in a calendar of the clinic's: opening hours, notice
    and what else is in that calendar are theirs to judge. Its buffers stay.

    Args:
        source: the calendar's provider, for the audit log.

    Raises:
        NotFound, NotStanding: it cannot be moved at all.
        InThePast, VisitTooLong, SlotTaken: not to there. SlotHeld: not yet.
    """
    if starts_at <= now():
        raise InThePast
    if ends_at - starts_at > LONGEST_VISIT:
        raise VisitTooLong
    with org_tx():
        appointment = _lock(appointment_id)
        _check_standing(appointment)
        before, length = _time_of(appointment), appointment.ends_at - appointment.starts_at
        opens = appointment.starts_at - appointment.blocked.lower
        closes = appointment.blocked.upper - appointment.ends_at
        appointment.starts_at, appointment.ends_at = starts_at, ends_at if ends_at > starts_at else starts_at + length
        appointment.blocked = TimestamptzRange(starts_at - opens, appointment.ends_at + closes, "[)")
        clear_expired_holds()
        _queue_up(appointment.practitioner_id)
        if not _save_times(appointment):
            raise SlotHeld if _is_held(appointment) else SlotTaken
        was = before.starts_at.isoformat()
        _record(org, appointment, Change.MOVED, Actor.system(org.pk), before=was, source=source)
        announce_freed(org, before)
    return appointment


def _move(org: Organization, move: Move, actor: Actor) -> Appointment:
    with org_tx():
        appointment = _lock(move.appointment_id)
        _check_standing(appointment)
        start = find_moment(move.starts_at, org.zone)
        stays = move.practitioner is None or move.practitioner.pk == appointment.practitioner_id
        if stays and start == appointment.starts_at:
            return appointment
        if move.by_caller:
            check_caller_may_change(org, appointment)
            check_calendars_known(org)
        start = check_reachable(org, move.starts_at, appointment.service, by_staff=not move.by_caller)
        before = _time_of(appointment)
        diary = _read(org, appointment, start, move.practitioner)
        clear_expired_holds()
        chairs = _chairs(diary, start, appointment, move)
        overruling = replace(move, over_calendar=True)
        if not chairs and not move.by_caller and _chairs(diary, start, appointment, overruling):
            raise CalendarBusy
        _take(appointment, start, diary, chairs, by_caller=move.by_caller)
        _record(org, appointment, Change.MOVED, actor, before=before.starts_at.isoformat())
        announce_freed(org, before)
    return appointment


def _read(org: Organization, appointment: Appointment, start: datetime, practitioner: Practitioner | None) -> Diary:
    day = start.astimezone(org.zone).date()
    return read_diary(
        org=org,
        service=appointment.service,
        first_day=day - timedelta(days=1),
        last_day=day + timedelta(days=1),
        practitioner=practitioner,
        reading=Reading(ignoring=appointment.pk, beyond_horizon=True),
    )


def _chairs(diary: Diary, start: datetime, appointment: Appointment, move: Move) -> list[Chair]:
    """Who could take it, the present practitioner first; without being named, another only for a caller."""
    if move.by_caller:
        chairs = diary.chairs_free_at(start)
    else:
        chairs = diary.chairs_open_at(start, outside_hours=move.outside_hours, over_calendar=move.over_calendar)
    if move.practitioner is not None:
        return chairs
    own = [chair for chair in chairs if chair.practitioner_id == appointment.practitioner_id]
    return own + [chair for chair in chairs if chair not in own] if move.by_caller else own


def _take(appointment: Appointment, start: datetime, diary: Diary, chairs: list[Chair], *, by_caller: bool) -> None:
    if not chairs:
        raise _why_not(diary, start, by_caller=by_caller)
    rules = diary.rules
    end = start + timedelta(seconds=rules.duration_s)
    _queue_up(appointment.practitioner_id, *(chair.practitioner_id for chair in chairs))
    for chair in chairs:
        appointment.practitioner_id = chair.practitioner_id
        appointment.starts_at, appointment.ends_at = start, end
        appointment.blocked = TimestamptzRange(
            start - timedelta(seconds=rules.before_s), end + timedelta(seconds=rules.after_s), "[)"
        )
        if _save_times(appointment):
            return
    raise SlotTaken


def _save_times(appointment: Appointment) -> bool:
    """Whether nobody else has that time."""
    try:
        with org_tx():
            appointment.save(update_fields=["practitioner", "starts_at", "ends_at", "blocked", "updated_at"])
    except IntegrityError as error:
        if not isinstance(error.__cause__, ExclusionViolation):
            raise
        return False
    return True


def _is_held(appointment: Appointment) -> bool:
    """Whether it is only a caller's slot that stands in the way."""
    near = Appointment.objects.for_org(appointment.org_id).filter(
        practitioner_id=appointment.practitioner_id,
        starts_at__gt=appointment.blocked.lower - 2 * LONGEST_VISIT,
        starts_at__lt=appointment.blocked.upper + LONGEST_VISIT,
        blocked__overlap=appointment.blocked,
    )
    in_the_way = set(
        near.exclude(pk=appointment.pk)
        .filter(status__in=[AppointmentStatus.HELD, *STANDING])
        .values_list("status", flat=True)
    )
    return in_the_way == {AppointmentStatus.HELD.value}


def _why_not(diary: Diary, start: datetime, *, by_caller: bool) -> SlotRefused:
    day = diary.day_of(start)
    if diary.is_closed(day):
        return ClinicClosed(f"The clinic is closed on {say_day(day, this_year=diary.today.year)}.")
    if diary.has_visit_at(start):
        return SlotTaken()
    since = int(start.timestamp())
    if not by_caller and any(diary.is_at_work(c, since, since + diary.rules.duration_s) for c in diary.chairs):
        return SlotTaken("That time overlaps another appointment.")
    return SlotNotOffered()


def _queue_up(*practitioner_ids: int) -> None:
    """Let those who move appointments of the same practitioners follow each other, until the transaction ends."""
    with connection.cursor() as cursor:
        for practitioner_id in sorted(set(practitioner_ids)):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('diary'), %s::int)", [practitioner_id % 2**31])


def _lock(appointment_id: UUID) -> Appointment:
    query = Appointment.objects.select_for_update(of=("self",)).select_related("service")
    appointment: Appointment | None = query.filter(pk=appointment_id).exclude(status=AppointmentStatus.HELD).first()
    if appointment is None:
        raise NotFound("We could not find that appointment.")
    return appointment


def _time_of(appointment: Appointment) -> FreedTime:
    """The time that it takes up at this moment, for when it gives it back."""
    return FreedTime(appointment, appointment.practitioner_id, appointment.starts_at, appointment.ends_at)


def _check_standing(appointment: Appointment) -> None:
    if appointment.status not in STANDING:
        raise NotStanding


def _record(org: Organization, appointment: Appointment, change: Change, actor: Actor, **details: str) -> None:
    audit.record(actor, f"appointment.{change.value}", appointment, by=ActorKind(actor.kind).value, **details)
    announce(org, appointment, change)
    publish_on_commit(org.pk, "appointment", id=appointment.pk)
