"""Somebody who calls from a number that came with a merge is known by it: greeted, remembered, or not answered."""

from importlib import import_module

from django.db import migrations

_BEFORE = import_module("calls.migrations.0005_who_is_calling").READ
_BY_OWN = "WHERE c.org_id = for_org AND c.phone = calling AND c.phone > '';"
_BY_ANY = """WHERE c.org_id = for_org AND (c.phone = calling OR c.id = (
            SELECT a.contact_id FROM contact_aliases a WHERE a.org_id = for_org AND a.phone = calling));"""


def _again(read: str) -> str:
    """The function put in the place of the one that is there, with the rights that it has."""
    body, _, _ = read.partition("REVOKE ALL")
    return body.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


class Migration(migrations.Migration):
    dependencies = [
        ("calls", "0011_sorted_calls"),
        ("contacts", "0007_notes_and_merging"),
    ]

    operations = [migrations.RunSQL(_again(_BEFORE.replace(_BY_OWN, _BY_ANY)), _again(_BEFORE))]
