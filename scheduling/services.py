"""What a new clinic's diary starts with."""

from datetime import time

from orgs.models import Organization
from scheduling.models import BusinessHours, Practitioner, Weekday

OPENS_AT = time(9)
CLOSES_AT = time(17)
FIRST_PRACTITIONER = "Clinic team"


def seed_opening(org: Organization) -> None:
    """Give a new clinic somebody to book, and Monday to Friday 09:00–17:00. Runs in the transaction that creates it."""
    Practitioner.objects.create(name=FIRST_PRACTITIONER)
    BusinessHours.objects.bulk_create(
        [
            BusinessHours(weekday=weekday, opens_at=OPENS_AT, closes_at=CLOSES_AT)
            for weekday in Weekday.values
            if weekday <= Weekday.FRIDAY
        ]
    )
