"""What happens to contacts and services."""

from orgs.models import Organization


def seed_services(org: Organization) -> None:
    """Give a new clinic the services that most start with."""
