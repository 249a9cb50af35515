"""Which server hears of what: the first that is configured of tool, assistant, phone number and organisation."""

from sandbox.calls.postman import BackoffPlan, Destination
from sandbox.calls.record import CallRecord
from sandbox.json_types import JsonObject, as_object
from sandbox.resources import Resources
from sandbox.vapi.settings import read_settings

ASSISTANT_REQUEST_S = 7.5
"""How long Vapi waits for who answers, whatever the server's own limit."""


class AddressBook:
    """Finds the servers of a call."""

    def __init__(self, resources: Resources) -> None:
        """Look credentials up here."""
        self._resources = resources

    def of_events(self, call: CallRecord) -> Destination | None:
        """Return who hears what happens in a call; None when nobody does."""
        own = as_object(call.assistant.get("server"))
        if own.get("url"):
            return self._destination(call, own, proven=not call.unproven)
        return self._of_number(call)

    def of_tool(self, call: CallRecord, tool: JsonObject) -> Destination | None:
        """Return who carries out a tool: its own server, else the one of events when it is subscribed."""
        own = as_object(tool.get("server"))
        if own.get("url"):
            return self._destination(call, own)
        return self.of_events(call) if "tool-calls" in call.subscribed else None

    def of_reception(self, call: CallRecord) -> Destination | None:
        """Return who says which assistant answers a number: asked once, and not for long."""
        found = self._of_number(call)
        return found and found.with_limits(timeout_s=ASSISTANT_REQUEST_S, backoff=BackoffPlan())

    def _of_number(self, call: CallRecord) -> Destination | None:
        servers = (call.phone_number.get("server"), read_settings(self._resources).get("server"))
        found = next((server for server in map(as_object, servers) if server.get("url")), None)
        return self._destination(call, found) if found else None

    def _destination(self, call: CallRecord, server: JsonObject, *, proven: bool = True) -> Destination:
        """Resolve a `server`; a credential that is gone adds nothing, as at Vapi."""
        identity = str(server.get("credentialId"))
        credential = self._resources.find("credential", identity, owner=call.owner) if proven else None
        return Destination.of(server, as_object((credential or {}).get("authenticationPlan")))
