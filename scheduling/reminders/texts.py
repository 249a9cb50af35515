"""A clinic's own words with what is known of a visit filled in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from orgs.models import Organization
from scheduling.models import Appointment
from scheduling.speech import say_day
from voxanne.clock import now
from voxanne.ui.templatetags.say import phone as say_phone

VARIABLES: dict[str, str] = {
    "name": "the patient's first name",
    "clinic": "your clinic's name",
    "service": "what the visit is for",
    "date": "the day, such as Tuesday 24 November",
    "time": "the time, such as 10:00",
    "reference": "the reference of the visit",
    "phone": "your clinic's phone number",
}
_VARIABLE = re.compile(r"\{\s*([^{}]*?)\s*\}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True)
class VisitFacts:
    """What may be said of a visit."""

    name: str
    clinic: str
    service: str
    starts_at: datetime
    zone: ZoneInfo
    reference: str
    phone: str

    def values(self) -> Mapping[str, str]:
        local = self.starts_at.astimezone(self.zone)
        return {
            "name": self.name,
            "clinic": self.clinic,
            "service": self.service,
            "date": say_day(local.date(), this_year=now().astimezone(self.zone).year),
            "time": f"{local:%H:%M}",
            "reference": self.reference,
            "phone": self.phone,
        }


def facts_of(org: Organization, appointment: Appointment) -> VisitFacts:
    """What is known of an appointment; its contact and service must be loaded."""
    return VisitFacts(
        name=_first_name(appointment),
        clinic=org.name,
        service=appointment.what,
        starts_at=appointment.starts_at,
        zone=org.zone,
        reference=appointment.reference,
        phone=say_phone(org.phone),
    )


def sample_facts(org: Organization, *, service: str = "") -> VisitFacts:
    """A visit that could be, tomorrow at ten."""
    tomorrow = now().astimezone(org.zone).date() + timedelta(days=1)
    return VisitFacts(
        name="Ana",
        clinic=org.name,
        service=service or "Consultation",
        starts_at=datetime.combine(tomorrow, time(10), tzinfo=org.zone),
        zone=org.zone,
        reference="KM4827",
        phone=say_phone(org.phone),
    )


def longest_facts(org: Organization) -> VisitFacts:
    """A visit whose words are as long as they usually get: by it the length of a text is judged."""
    long_day = datetime(now().year + 1, 9, 23, 10, tzinfo=org.zone)
    facts = sample_facts(org, service="Breast Augmentation")
    return replace(facts, name="Christopher", starts_at=long_day, reference="KM4827XX")


def fill(text: str, facts: VisitFacts) -> str:
    """The text with its variables replaced. What stands in braces and is no variable stays as it is."""
    values = facts.values()
    return _VARIABLE.sub(lambda found: _clean(values.get(found[1].lower(), found[0])), text)


def unknown_variables(text: str) -> list[str]:
    """What stands in braces and is none of ours, in order, each once."""
    named = (found[1] for found in _VARIABLE.finditer(text))
    return list(dict.fromkeys(name for name in named if name.lower() not in VARIABLES))


def uses(text: str, variable: str) -> bool:
    """Whether a text has that variable."""
    return any(found[1].lower() == variable for found in _VARIABLE.finditer(text))


def _first_name(appointment: Appointment) -> str:
    """How a patient is addressed. Who comes need not be whose number it is."""
    known = appointment.patient_name or (appointment.contact.name if appointment.contact else "")
    return known.split()[0] if known.strip() else "there"


def _clean(value: str) -> str:
    return _CONTROL.sub("", value)
