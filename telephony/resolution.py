"""Whose a called number is."""

from uuid import UUID

from orgs.directory import Directory

# A number in E.164 or Vapi's id of it.
_numbers = Directory(
    function="org_of_phone_number", form=r"\+[1-9]\d{6,14}|[0-9A-Za-z_-]{1,64}", name="numbers", max_entries=5000
)
cache = _numbers.cache


def find_org_for_number(number: str) -> UUID | None:
    """The organisation with this active number (E.164) or Vapi phone number id; None when nobody has it."""
    return _numbers.find_org(number)
