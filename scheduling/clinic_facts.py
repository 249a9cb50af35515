"""What the receptionist knows of when the clinic is open and who works there."""

from itertools import groupby

from agents.prompts import ClinicFact
from orgs.models import Organization
from scheduling.models import BusinessHours, Practitioner, Weekday


def opening_facts(org: Organization) -> list[ClinicFact]:
    """Opening hours by weekday and the people who can be booked. Two queries."""
    rows = BusinessHours.objects.for_org(org.pk).filter(practitioner__isnull=True).order_by("weekday", "opens_at")
    days = [
        f"{Weekday(weekday).label} {', '.join(f'{row.opens_at:%H:%M} to {row.closes_at:%H:%M}' for row in of_day)}"
        for weekday, of_day in groupby(rows, key=lambda row: row.weekday)
    ]
    people = Practitioner.objects.for_org(org.pk).filter(is_active=True).order_by("id").values_list("name", flat=True)
    facts = [ClinicFact("Opening hours", "; ".join(days) or "not known: never promise any")]
    return [*facts, ClinicFact("Who can be booked", ", ".join(people))] if people else facts
