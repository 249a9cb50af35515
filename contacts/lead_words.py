"""A lead in one sentence."""

from contacts.models import Contact, LeadStatus, LeadTemperature

_STAGES = {
    LeadStatus.NEW: "who is new",
    LeadStatus.CONTACTED: "who has been in touch",
    LeadStatus.BOOKED: "who has booked",
    LeadStatus.LOST: "who was lost",
}
MOST_NAMED = 3


def say_lead(contact: Contact) -> str:
    """Who somebody is to the clinic, as in "A hot lead who has booked, interested in Botox and Fillers"."""
    temperature = LeadTemperature(contact.lead_temperature).label.lower()
    interests = [str(name) for name in contact.service_interests]
    wants = f", interested in {_listed(interests)}" if interests else ""
    return f"A {temperature} lead {_STAGES[LeadStatus(contact.lead_status)]}{wants}."


def _listed(names: list[str]) -> str:
    shown = names if len(names) <= MOST_NAMED else [*names[: MOST_NAMED - 1], f"{len(names) - MOST_NAMED + 1} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
