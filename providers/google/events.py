"""Reading a Google calendar: what changed, and being told that something did."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings

from providers.calendars import (
    ChangesPage,
    ListedEvent,
    SyncTokenGone,
    WatchedChannel,
    WatchRefused,
    Window,
)
from providers.google.client import PROVIDER, GoogleApi
from voxanne.errors import NotFoundAtProvider, Rejected

# The private property by which an event of ours is known; its value is the appointment's id.
MARK = "voxanne_appointment"
PAGE = 1000
# Titles, descriptions and other people are not asked for at all.
_FIELDS = (
    "timeZone,nextPageToken,nextSyncToken,"
    "items(id,etag,status,start,end,transparency,eventType,attendees(self,responseStatus),extendedProperties/private)"
)
_GONE = 410


class GoogleEvents:
    """The reading half of one calendar.

    Args:
        zone: where all-day events are when Google does not say.
    """

    def __init__(self, access_token: str, *, calendar_id: str, zone: ZoneInfo) -> None:
        self._api = GoogleApi(settings.GOOGLE_API_URL, access_token=access_token)
        self._zone = zone
        self._path = f"/calendar/v3/calendars/{quote(calendar_id, safe='')}/events"

    def list_changes(self, *, sync_token: str, page: str, window: Window) -> ChangesPage:
        """One page of what changed since a token; without one, of everything in the window.

        Args:
            page: `next_page` of the page before, "" for the first.

        Raises:
            SyncTokenGone: start again without a token.
            ProviderError: as every request.
        """
        params = {"singleEvents": "true", "showDeleted": "true", "maxResults": str(PAGE), "maxAttendees": "1"}
        params["fields"] = _FIELDS
        if sync_token:
            params["syncToken"] = sync_token
        else:
            params |= {"timeMin": window.starts_at.isoformat(), "timeMax": window.ends_at.isoformat()}
        if page:
            params["pageToken"] = page
        try:
            answer = self._api.request("GET", self._path, operation="list_changes", params=params)
        except Rejected as refused:
            raise _without_token(refused) if refused.status == _GONE else refused from refused
        zone_name = str(answer.get("timeZone") or "")
        zone = _find_zone(zone_name) or self._zone
        return ChangesPage(
            events=tuple(_read(item, zone) for item in answer.get("items") or ()),
            next_page=str(answer.get("nextPageToken") or ""),
            sync_token=str(answer.get("nextSyncToken") or ""),
            time_zone=zone_name if _find_zone(zone_name) else "",
        )

    def watch(self, *, channel_id: str, secret: str, address: str, expires_at: datetime) -> WatchedChannel:
        """Have Google post to `address` when something changes, with `secret` as the channel's token.

        Raises:
            WatchRefused: the address is not https, or not one that Google accepts.
        """
        body = {
            "id": channel_id,
            "type": "web_hook",
            "address": address,
            "token": secret,
            "expiration": str(int(expires_at.timestamp() * 1000)),
        }
        try:
            answer = self._api.request("POST", f"{self._path}/watch", operation="watch", json=body)
        except Rejected as refused:
            raise WatchRefused(
                provider=PROVIDER, operation="watch", owner=refused.owner, status=refused.status, code=refused.code
            ) from refused
        ends_at = int(answer.get("expiration") or body["expiration"]) / 1000
        return WatchedChannel(
            channel_id=str(answer["id"]),
            resource=str(answer["resourceId"]),
            expires_at=datetime.fromtimestamp(ends_at, UTC),
        )

    def stop(self, *, channel_id: str, resource: str) -> None:
        """Close a channel. One that is not there any more is closed."""
        try:
            self._api.request(
                "POST", "/calendar/v3/channels/stop", operation="stop", json={"id": channel_id, "resourceId": resource}
            )
        except NotFoundAtProvider:
            return


def _without_token(refused: Rejected) -> SyncTokenGone:
    return SyncTokenGone(
        provider=PROVIDER, operation=refused.operation, owner=refused.owner, status=refused.status, code=refused.code
    )


def _read(item: Mapping[str, Any], zone: ZoneInfo) -> ListedEvent:
    private = (item.get("extendedProperties") or {}).get("private") or {}
    is_deleted = item.get("status") == "cancelled"
    return ListedEvent(
        event_id=str(item["id"]),
        starts_at=_moment(item.get("start"), zone),
        ends_at=_moment(item.get("end"), zone),
        is_deleted=is_deleted,
        is_busy=not is_deleted and _takes_time(item),
        etag=str(item.get("etag") or ""),
        mark=str(private.get(MARK) or ""),
    )


def _takes_time(item: Mapping[str, Any]) -> bool:
    """Whether the owner is busy then: shown as busy, and not declined. Where somebody works from takes no time."""
    if item.get("transparency") == "transparent" or item.get("eventType") == "workingLocation":
        return False
    own = [person for person in item.get("attendees") or () if person.get("self")]
    return not any(person.get("responseStatus") == "declined" for person in own)


def _moment(given: Any, zone: ZoneInfo) -> datetime | None:
    """A time, or the beginning of a day in the calendar's zone."""
    if not isinstance(given, Mapping):
        return None
    if given.get("date"):
        return datetime.combine(date.fromisoformat(str(given["date"])), time(), zone).astimezone(UTC)
    if not given.get("dateTime"):
        return None
    moment = datetime.fromisoformat(str(given["dateTime"]))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=_find_zone(str(given.get("timeZone") or "")) or zone)
    return moment.astimezone(UTC)


def _find_zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
