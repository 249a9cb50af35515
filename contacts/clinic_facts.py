"""What the receptionist knows of the clinic's services."""

from agents.prompts import ClinicFact
from contacts.models import Service
from orgs.models import Organization
from voxanne.money import say_money


def service_facts(org: Organization) -> list[ClinicFact]:
    """The price list in one line: "Botox £400 (30 minutes), Consultation £150 (30 minutes)". One query."""
    services = Service.objects.for_org(org.pk).filter(is_active=True).order_by("name")
    listed = [
        f"{service.name} {say_money(service.price_minor, service.currency)} ({service.duration_minutes} minutes)"
        for service in services
    ]
    return [ClinicFact("Services and prices", ", ".join(listed))] if listed else []
