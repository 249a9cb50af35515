"""Writing events of ours into an Outlook calendar. Its ids are the server's: ours are found by a property of theirs.

`transactionId` makes creating an event twice give one; the property finds it when the answer was lost.
https://learn.microsoft.com/en-us/graph/api/resources/event
https://learn.microsoft.com/en-us/graph/api/singlevaluelegacyextendedproperty-get
"""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID

from providers.calendar_events import (
    APPOINTMENT_PROPERTY,
    CLINIC_PROPERTY,
    TIMES_PROPERTY,
    EventChanged,
    EventDraft,
    EventExists,
    KeptEvent,
    read_uuid,
)
from providers.microsoft.client import GraphApi
from voxanne.errors import NotFoundAtProvider, Owner, ProviderError, Unavailable

PAGE_SIZE = 250
# The set of named properties that belongs to nobody else.
_SET = "{6b0f4a2d-9c57-4f0e-8f43-1f6f2d7c9a10}"
_IDS = {name: f"String {_SET} Name {name}" for name in (APPOINTMENT_PROPERTY, CLINIC_PROPERTY, TIMES_PROPERTY)}
_EXPAND = "singleValueExtendedProperties($filter={})".format(" or ".join(f"id eq '{one}'" for one in _IDS.values()))
_IN_UTC = {"Prefer": 'outlook.timezone="UTC"'}


class OutlookEventWriter:
    """The events of ours in one calendar. One try each: whoever calls knows when to come back."""

    def __init__(self, access_token: str, *, calendar_id: str, **options: Any) -> None:
        self._api = _EventsApi(access_token, **options)
        primary = calendar_id == "primary"
        self._calendar = "/me/calendar" if primary else f"/me/calendars/{quote(calendar_id, safe='')}"

    def find_event(self, *, appointment_id: UUID, event_id: str) -> KeptEvent | None:
        """The event of an appointment, by its id or by its property.

        One whose id was known and that is in this calendar no more was deleted. A calendar that is gone raises: what
        was in it was not deleted by anybody who meant the appointments.
        """
        if event_id:
            try:
                return self._get(event_id)
            except NotFoundAtProvider:
                pass
        params = {"$filter": _is(APPOINTMENT_PROPERTY, appointment_id), "$expand": _EXPAND, "$top": "2"}
        answer = self._api.request(
            "GET", f"{self._calendar}/events", operation="find_event", params=params, headers=_IN_UTC
        )
        found = [_read(item) for item in answer.get("value") or []]
        if found:
            return found[0]
        return KeptEvent(event_id=event_id, is_deleted=True) if event_id else None

    def create_event(self, draft: EventDraft) -> KeptEvent:
        """Create it; the same key gives the event that is there."""
        body = {"transactionId": str(draft.key), "isReminderOn": False, **_body(draft)}
        return _read(
            self._api.request(
                "POST", f"{self._calendar}/events", operation="create_event", json=body, headers=_IN_UTC
            )
        )  # fmt: skip

    def change_event(self, event_id: str, draft: EventDraft, *, etag: str) -> KeptEvent:
        """Change it, if nobody else did since `etag`.

        Raises:
            EventChanged: somebody did, or deleted it.
        """
        headers = {**_IN_UTC, "If-Match": etag} if etag else _IN_UTC
        path = f"/me/events/{quote(event_id, safe='')}"
        try:
            answer = self._api.request("PATCH", path, operation="change_event", json=_body(draft), headers=headers)
        except NotFoundAtProvider as error:
            raise EventChanged(
                provider=error.provider, operation=error.operation, status=404, code=error.code
            ) from error
        return _read(answer)

    def delete_event(self, event_id: str) -> None:
        """Delete it; done when it is gone already."""
        try:
            self._api.request("DELETE", f"/me/events/{quote(event_id, safe='')}", operation="delete_event")
        except NotFoundAtProvider:
            return

    def list_own_events(self, *, org_id: UUID, since: datetime, until: datetime) -> list[KeptEvent]:
        """Every event of ours that touches a time: the calendar's events of that time that carry our property."""
        params: dict[str, str] | None = {
            "startDateTime": since.astimezone(UTC).isoformat(),
            "endDateTime": until.astimezone(UTC).isoformat(),
            "$expand": _EXPAND,
            "$top": str(PAGE_SIZE),
        }
        path, found = f"{self._calendar}/calendarView", []
        while True:
            page = self._api.request("GET", path, operation="list_own_events", params=params, headers=_IN_UTC)
            items = page.get("value") or []
            found += [_read(item) for item in items if _property(item, CLINIC_PROPERTY) == str(org_id)]
            following = page.get("@odata.nextLink")
            if not following:
                return found
            path, params = self._api.path_of(following), None

    def _get(self, event_id: str) -> KeptEvent:
        return _read(
            self._api.request(
                "GET",
                f"/me/events/{quote(event_id, safe='')}",
                operation="get_event",
                params={"$expand": _EXPAND},
                headers=_IN_UTC,
            )
        )


class _EventsApi(GraphApi):
    """Graph, with names for the two refusals that say how an event stands."""

    def classify(self, status: int, code: str) -> tuple[type[ProviderError], Owner]:
        """409: it exists. 412: it is another version by now."""
        known = {409: EventExists, 412: EventChanged}
        return (known[status], Owner.US) if status in known else super().classify(status, code)

    def path_of(self, link: str) -> str:
        """The path of a link to the next page, which must lead to the same Graph: the token goes with it.

        Raises:
            Unavailable: it leads elsewhere.
        """
        if not link.startswith(f"{self._base_url}/"):
            raise Unavailable(provider=self.provider, operation="next_page", detail=f"to {urlsplit(link).hostname}")
        return link.removeprefix(self._base_url)


def _is(name: str, value: UUID) -> str:
    return f"singleValueExtendedProperties/Any(ep: ep/id eq '{_IDS[name]}' and ep/value eq '{value}')"


def _body(draft: EventDraft) -> dict[str, Any]:
    return {
        "subject": draft.summary,
        "body": {"contentType": "text", "content": draft.description},
        "start": _at(draft.starts_at),
        "end": _at(draft.ends_at),
        "isAllDay": False,
        "showAs": "tentative" if draft.is_tentative else "busy",
        "singleValueExtendedProperties": [
            {"id": _IDS[name], "value": value} for name, value in draft.properties.items()
        ],
    }


def _at(moment: datetime) -> dict[str, str]:
    """In UTC: a wall-clock time is two moments on the night when clocks go back."""
    return {"dateTime": moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S"), "timeZone": "UTC"}


def _read(body: dict[str, Any]) -> KeptEvent:
    timed = not body.get("isAllDay")
    return KeptEvent(
        event_id=str(body["id"]),
        etag=str(body.get("@odata.etag") or ""),
        starts_at=_moment(body.get("start")) if timed else None,
        ends_at=_moment(body.get("end")) if timed else None,
        updated_at=_parse(body.get("lastModifiedDateTime")),
        is_deleted=bool(body.get("isCancelled")),
        appointment_id=read_uuid(_property(body, APPOINTMENT_PROPERTY)),
        noted=_property(body, TIMES_PROPERTY),
    )


def _property(body: dict[str, Any], name: str) -> str:
    """A property's value; Graph may write the set's letters in another case."""
    held, wanted = body.get("singleValueExtendedProperties") or [], _IDS[name].lower()
    return next((str(item["value"]) for item in held if str(item["id"]).lower() == wanted), "")


def _moment(given: dict[str, Any] | None) -> datetime | None:
    return _parse((given or {}).get("dateTime"))


def _parse(text: str | None) -> datetime | None:
    """Graph writes seven decimals and no offset where UTC was asked for."""
    if not text:
        return None
    moment = datetime.fromisoformat(text[:19])
    fraction = text[19:].rstrip("Z").lstrip(".")
    moment = moment.replace(microsecond=int(fraction[:6].ljust(6, "0")) if fraction.isdigit() else 0)
    return moment.replace(tzinfo=UTC)
