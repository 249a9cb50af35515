"""The list of calls as a table for spreadsheets."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from calls.models import UNKNOWN_CALLER, Call, RecordingStatus
from contacts.default_services import minor_units
from orgs.models import Organization

COLUMNS = (
    "Time", "Caller", "Number", "Direction", "Outcome", "Duration in seconds", "Sentiment", "Booked", "Value",
    "Currency", "Services", "Recording", "Summary",
)  # fmt: skip


def rows_of(calls: Iterable[Call], *, org: Organization) -> Iterator[tuple[object, ...]]:
    """A row for each call, in the columns' order; times by the clinic's clock."""
    zone, unit = org.zone, minor_units(1, currency=org.currency)
    for call in calls:
        value = call.financial_value
        yield (
            (call.started_at or call.created_at).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S"),
            call.caller_name if call.caller_name != UNKNOWN_CALLER else "",
            call.phone_number,
            call.get_call_type_display(),
            call.get_outcome_display() if call.outcome else "",
            call.duration_seconds,
            call.sentiment_label,
            "yes" if call.booking_confirmed else "no",
            "" if value is None else Decimal(value) / unit,
            "" if value is None else org.currency,
            ", ".join(str(name) for name in call.matched_services),
            "yes" if call.recording_status == RecordingStatus.COMPLETED else "no",
            call.outcome_summary,
        )
