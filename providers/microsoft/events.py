"""Reading an Outlook calendar: what changed, and being told that something did."""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit
from zoneinfo import ZoneInfo

from providers.calendars import (
    ChangesPage,
    ListedEvent,
    SyncTokenGone,
    WatchedChannel,
    WatchRefused,
    Window,
)
from providers.microsoft.client import PROVIDER, GraphApi
from voxanne.errors import NotFoundAtProvider, Rejected

# The beginning of the `transactionId` of an event of ours; the appointment's id follows. A delta answers no property
# of our own, but it does answer this one.
MARK = "voxanne-"
PAGE = 200
_FREE = {"free", "workingElsewhere"}
_GONE = 410
_LOST = {"syncstatenotfound", "syncstateinvalid", "errorinvalidsyncstatedata", "resyncrequired"}
_STATUSES_OF_AN_ADDRESS = {400, 403}


class OutlookEvents:
    """The reading half of one calendar, for one reading: it remembers the series that it has met.

    Args:
        zone: where all-day events are; Graph tells them as plain days.
    """

    def __init__(self, access_token: str, *, calendar_id: str, zone: ZoneInfo) -> None:
        self._api = GraphApi(access_token)
        self._zone = zone
        self._is_default = calendar_id == "primary"
        self._path = "/me/calendar" if self._is_default else f"/me/calendars/{quote(calendar_id, safe='')}"
        self._free_series: dict[str, bool] = {}

    def list_changes(self, *, sync_token: str, page: str, window: Window) -> ChangesPage:
        """One page of what changed since a token; without one, of everything in the window.

        Args:
            page: `next_page` of the page before, "" for the first.

        Raises:
            SyncTokenGone: start again without a token.
            ProviderError: as every request.
        """
        params = _token_of(page) or _token_of(sync_token)
        if not params:
            params = {"startDateTime": _graph_time(window.starts_at), "endDateTime": _graph_time(window.ends_at)}
        headers = {"Prefer": f'odata.maxpagesize={PAGE}, outlook.timezone="UTC"'}
        try:
            answer = self._api.request(
                "GET", f"{self._path}/calendarView/delta", operation="list_changes", params=params, headers=headers
            )
        except Rejected as refused:
            if refused.status != _GONE and refused.code.lower() not in _LOST:
                raise
            raise SyncTokenGone(
                provider=PROVIDER, operation="list_changes", owner=refused.owner, status=refused.status,
                code=refused.code,
            ) from refused  # fmt: skip
        items = answer.get("value") or ()
        self._free_series |= {str(item["id"]): _is_free(item) for item in items if item.get("type") == "seriesMaster"}
        return ChangesPage(
            events=tuple(self._read(item) for item in items if item.get("type") != "seriesMaster"),
            next_page=_cursor_in(answer.get("@odata.nextLink")),
            sync_token=_cursor_in(answer.get("@odata.deltaLink")),
        )

    def watch(self, *, channel_id: str, secret: str, address: str, expires_at: datetime) -> WatchedChannel:
        """Have Graph post to `address` when something changes, with `secret` as `clientState`.

        Graph names the channel itself, and first asks the address to answer with a token.

        Raises:
            WatchRefused: the address is not https, or did not answer.
        """
        body = {
            "changeType": "created,updated,deleted",
            "notificationUrl": address,
            "resource": "/me/events" if self._is_default else f"{self._path}/events",
            "expirationDateTime": _graph_time(expires_at),
            "clientState": secret,
        }
        try:
            answer = self._api.request("POST", "/subscriptions", operation="watch", json=body)
        except Rejected as refused:
            if refused.status not in _STATUSES_OF_AN_ADDRESS:
                raise
            raise WatchRefused(
                provider=PROVIDER, operation="watch", owner=refused.owner, status=refused.status, code=refused.code
            ) from refused
        return WatchedChannel(
            channel_id=str(answer["id"]), resource="", expires_at=_read_time(str(answer["expirationDateTime"]))
        )

    def stop(self, *, channel_id: str, resource: str) -> None:
        """End a subscription. One that is not there any more is ended."""
        try:
            self._api.request("DELETE", f"/subscriptions/{quote(channel_id, safe='')}", operation="stop")
        except NotFoundAtProvider:
            return

    def _read(self, item: Mapping[str, Any]) -> ListedEvent:
        is_deleted = "@removed" in item or bool(item.get("isCancelled"))
        mark = str(item.get("transactionId") or "")
        return ListedEvent(
            event_id=str(item["id"]),
            starts_at=self._moment(item, "start"),
            ends_at=self._moment(item, "end"),
            is_deleted=is_deleted,
            is_busy=not is_deleted and not self._is_free(item),
            etag=str(item.get("@odata.etag") or ""),
            mark=mark.removeprefix(MARK) if mark.startswith(MARK) else "",
        )

    def _is_free(self, item: Mapping[str, Any]) -> bool:
        """Occurrences of a series tell little more than their times: how they are shown stands in the series."""
        if item.get("showAs") is None and item.get("seriesMasterId"):
            return self._free_series.get(str(item["seriesMasterId"]), False)
        return _is_free(item)

    def _moment(self, item: Mapping[str, Any], name: str) -> datetime | None:
        given = item.get(name)
        if not isinstance(given, Mapping) or not given.get("dateTime"):
            return None
        moment = _read_time(str(given["dateTime"]))
        if not item.get("isAllDay"):
            return moment
        day = moment.date() if moment.time() == time() else moment.astimezone(self._zone).date()
        return datetime.combine(day, time(), self._zone).astimezone(UTC)


def _is_free(item: Mapping[str, Any]) -> bool:
    declined = (item.get("responseStatus") or {}).get("response") == "declined"
    return declined or item.get("showAs") in _FREE


def _cursor_in(link: Any) -> str:
    """The query of a link to what follows: only that is kept, so that a link never leads us to another host."""
    return urlsplit(str(link)).query if link else ""


def _token_of(cursor: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(cursor).items()}


def _graph_time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _read_time(text: str) -> datetime:
    """Graph writes seven digits of a second; without an offset its times are UTC, as asked for."""
    moment = datetime.fromisoformat(text)
    return (moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment).astimezone(UTC)
