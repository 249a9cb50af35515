"""What the receptionist knows of when the clinic is open and who works there."""

from collections.abc import Sequence

from agents.prompts import ClinicFact
from orgs.models import Organization
from scheduling.closures import closed_days
from scheduling.diary import Interval
from scheduling.models import Closure, Practitioner, Weekday
from scheduling.opening_hours import read_week, say_minute
from scheduling.speech import say_full_day

CLOSED_SHOWN = 10


def opening_facts(org: Organization) -> list[ClinicFact]:
    """Opening hours by weekday, the next days off, and the people who can be booked. Three queries."""
    days = [f"{Weekday(weekday).label} {_say_hours(hours)}" for weekday, hours in read_week(org).items()]
    people = Practitioner.objects.for_org(org.pk).filter(is_active=True).order_by("id").values_list("name", flat=True)
    facts = [ClinicFact("Opening hours", "; ".join(days) or "not known: never promise any")]
    if closed := "; ".join(_say_closure(closure) for closure in closed_days(org, limit=CLOSED_SHOWN)):
        facts.append(ClinicFact("Closed", closed))
    return [*facts, ClinicFact("Who can be booked", ", ".join(people))] if people else facts


def _say_hours(hours: Sequence[Interval]) -> str:
    return ", ".join(f"{say_minute(opens)} to {say_minute(closes)}" for opens, closes in hours)


def _say_closure(closure: Closure) -> str:
    """ "Friday 25 December 2026 to Friday 1 January 2027 (Christmas)"; never a word like "today", which would age."""
    days = say_full_day(closure.first_day)
    if closure.last_day != closure.first_day:
        days = f"{days} to {say_full_day(closure.last_day)}"
    return f"{days} ({closure.reason})" if closure.reason else days
