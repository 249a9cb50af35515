"""Identifiers that sort by time and tell nothing about volume."""

from uuid import UUID

from uuid_utils import compat


def uuid7() -> UUID:
    """A new UUIDv7: unguessable enough to be public, ordered enough to index well."""
    return compat.uuid7()
