"""Whose an assistant is."""

from uuid import UUID

from orgs.directory import Directory

# Vapi's ids are UUIDs.
_assistants = Directory(function="org_of_assistant", form=r"[0-9A-Za-z_-]{1,64}", name="assistants", max_entries=20_000)
cache = _assistants.cache


def find_org_for_assistant(assistant_id: str) -> UUID | None:
    """The organisation whose assistant this is, also when a newer one has replaced it; None when nobody knows it."""
    return _assistants.find_org(assistant_id)
