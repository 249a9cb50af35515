"""`manage.py replay_webhook`: work on inbox events again, or deliver messages that belonged to nobody."""

import json
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from calls.ingress.replay import replay_unresolved
from calls.models import UnresolvedWebhook, WebhookEvent
from calls.processing import process_pending, revive
from orgs.models import Organization
from orgs.scope import org_scope, service_tx


class Command(BaseCommand):
    """Replays one event by id, all dead ones, or the unresolved inbox. Effects are idempotent."""

    help = "Process webhook events again: one by id, every dead one, or those of unknown assistants."

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--id", help="an event's id")
        which.add_argument("--dead", action="store_true", help="every event that was given up")
        which.add_argument("--unresolved", action="store_true", help="messages of assistants that nobody had")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        replayed = self._unresolved() if options["unresolved"] else self._events(options["id"])
        self.stdout.write(json.dumps({"replayed": replayed}) if options["json"] else f"{replayed} replayed.")

    def _unresolved(self) -> int:
        with service_tx("replay unresolved webhooks"):
            return sum(replay_unresolved(row) for row in UnresolvedWebhook.objects.filter(resolved_at__isnull=True))

    def _events(self, event_id: str | None) -> int:
        with service_tx("replay webhook events"):
            events = WebhookEvent.across_orgs.exclude(payload="").exclude(vapi_call_id="")
            chosen = list(events.filter(pk=_uuid(event_id)) if event_id else events.filter(dead_at__isnull=False))
            for event in chosen:
                revive(event)
            organizations = Organization.objects.in_bulk({event.org_id for event in chosen})
        if event_id and not chosen:
            raise CommandError("There is no such event with a payload that is still kept.")
        for org_id, vapi_call_id in {(event.org_id, event.vapi_call_id) for event in chosen}:
            with org_scope(org_id):
                process_pending(org=organizations[org_id], vapi_call_id=vapi_call_id)
        return len(chosen)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise CommandError("An event's id is a UUID.") from error
