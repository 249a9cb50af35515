"""Writing events of ours into a Google calendar, each under an id that we choose.

A deleted event keeps its id for good: inserting it again answers 409, and changing it to `confirmed` brings it back.
https://developers.google.com/workspace/calendar/api/v3/reference/events
"""

import base64
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.conf import settings

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
from providers.google.client import GoogleApi
from voxanne.errors import Owner, ProviderError

PAGE_SIZE = 2500
_FIELDS = "id,etag,status,updated,start,end,extendedProperties/private"
_GONE = 410


def event_id_for(appointment_id: UUID) -> str:
    """The id of an appointment's event in every Google calendar: base32hex in lower case, as Google wants ids."""
    return base64.b32hexencode(appointment_id.bytes).decode().rstrip("=").lower()


class GoogleEventWriter:
    """The events of ours in one calendar. One try each: whoever calls knows when to come back."""

    def __init__(self, access_token: str, *, calendar_id: str, **options: Any) -> None:
        self._api = _EventsApi(settings.GOOGLE_API_URL, access_token=access_token, **options)
        self._path = f"/calendar/v3/calendars/{quote(calendar_id, safe='')}/events"

    def find_event(self, *, appointment_id: UUID, event_id: str) -> KeptEvent | None:
        """The event of an appointment; one that was deleted is told as such, one that never was is None."""
        path = f"{self._path}/{event_id or event_id_for(appointment_id)}"
        try:
            body = self._api.request("GET", path, operation="get_event", params={"fields": _FIELDS})
        except ProviderError as error:
            if error.status in {404, _GONE}:
                return None
            raise
        return _read(body)

    def create_event(self, draft: EventDraft) -> KeptEvent:
        """Insert it under its own id.

        Raises:
            EventExists: it is there, or was and is deleted.
        """
        body = {"id": event_id_for(draft.appointment_id), "reminders": {"useDefault": False}, **_body(draft)}
        return _read(self._api.request("POST", self._path, operation="create_event", json=body))

    def change_event(self, event_id: str, draft: EventDraft, *, etag: str) -> KeptEvent:
        """Change it, if nobody else did since `etag`; a deleted one comes back.

        Raises:
            EventChanged: somebody did.
        """
        headers = {"If-Match": etag} if etag else None
        answer = self._api.request(
            "PATCH", f"{self._path}/{event_id}", operation="change_event", json=_body(draft), headers=headers
        )
        return _read(answer)

    def delete_event(self, event_id: str) -> None:
        """Delete it; done when it is gone already."""
        try:
            self._api.request("DELETE", f"{self._path}/{event_id}", operation="delete_event")
        except ProviderError as error:
            if error.status not in {404, _GONE}:
                raise

    def list_own_events(self, *, org_id: UUID, since: datetime, until: datetime) -> list[KeptEvent]:
        """Every event of ours that touches a time, deleted ones left out."""
        params = {
            "privateExtendedProperty": f"{CLINIC_PROPERTY}={org_id}",
            "timeMin": since.isoformat(),
            "timeMax": until.isoformat(),
            "singleEvents": "true",
            "maxResults": str(PAGE_SIZE),
            "fields": f"nextPageToken,items({_FIELDS})",
        }
        found: list[KeptEvent] = []
        while True:
            page = self._api.request("GET", self._path, operation="list_own_events", params=params)
            found += [_read(item) for item in page.get("items") or []]
            if not page.get("nextPageToken"):
                return found
            params["pageToken"] = page["nextPageToken"]


class _EventsApi(GoogleApi):
    """Google's Calendar API, with names for the two refusals that say how an event stands."""

    def classify(self, status: int, code: str) -> tuple[type[ProviderError], Owner]:
        """409: the id is taken. 412: it is another version by now."""
        known = {409: EventExists, 412: EventChanged}
        return (known[status], Owner.US) if status in known else super().classify(status, code)


def _body(draft: EventDraft) -> dict[str, Any]:
    return {
        "summary": draft.summary,
        "description": draft.description,
        "start": {"dateTime": draft.starts_at.astimezone(UTC).isoformat(), "timeZone": draft.time_zone},
        "end": {"dateTime": draft.ends_at.astimezone(UTC).isoformat(), "timeZone": draft.time_zone},
        "status": "tentative" if draft.is_tentative else "confirmed",
        "extendedProperties": {"private": draft.properties},
    }


def _read(body: dict[str, Any]) -> KeptEvent:
    private = (body.get("extendedProperties") or {}).get("private") or {}
    is_deleted = body.get("status") == "cancelled"
    return KeptEvent(
        event_id=str(body["id"]),
        etag=str(body.get("etag") or ""),
        starts_at=None if is_deleted else _moment(body.get("start")),
        ends_at=None if is_deleted else _moment(body.get("end")),
        updated_at=_parse(body.get("updated")),
        is_deleted=is_deleted,
        appointment_id=read_uuid(private.get(APPOINTMENT_PROPERTY)),
        noted=str(private.get(TIMES_PROPERTY) or ""),
    )


def _moment(given: dict[str, Any] | None) -> datetime | None:
    return _parse((given or {}).get("dateTime"))


def _parse(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None
