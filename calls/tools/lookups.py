"""From spoken words to a clinic's own services and people."""

from contacts.models import Service
from contacts.services import find_service
from orgs.models import Organization
from scheduling.errors import UnknownPractitioner, UnknownService
from scheduling.models import Practitioner


def find_service_named(*, org: Organization, words: str) -> Service | None:
    """The service that is meant, or None when none was named.

    Raises:
        UnknownService: something was named that the clinic does not offer; the message lists what it does.
    """
    if not words.strip():
        return None
    service = find_service(org=org, words=words)
    if service is None:
        names = list(Service.objects.filter(is_active=True).order_by("name").values_list("name", flat=True)[:12])
        raise UnknownService(f"We do not offer {words}. We offer {', '.join(names)}.")
    return service


def find_practitioner_named(words: str) -> Practitioner | None:
    """The person that is meant, or None when none was named.

    Raises:
        UnknownPractitioner: nobody of that name works here.
    """
    words = words.strip()
    if not words:
        return None
    people = Practitioner.objects.filter(is_active=True).order_by("id")
    found = people.filter(name__icontains=words).first()
    if found is None:
        raise UnknownPractitioner(
            f"Nobody called {words} works here. You can see {', '.join(p.name for p in people[:8])}."
        )
    return found
