"""Reads a document in a process of its own, which may die: `ORG DOCUMENT`."""

import sys
from uuid import UUID

import django

django.setup()

from knowledge.processing import process  # noqa: E402
from orgs.models import Organization  # noqa: E402
from orgs.scope import org_scope, org_tx  # noqa: E402

org_id, document_id = sys.argv[1:]
with org_scope(UUID(org_id)), org_tx():
    org = Organization.objects.get()
process(org=org, document_id=document_id)
