"""The list of calls as a table for spreadsheets."""

from collections.abc import Iterable, Iterator

from calls.models import UNKNOWN_CALLER, Call, RecordingStatus
from orgs.models import Organization
from voxanne.money import to_amount

COLUMNS = (
    "Time", "Caller", "Number", "Direction", "Outcome", "Duration in seconds", "Sentiment", "Booked", "Value",
    "Currency", "Services", "Recording", "Summary",
)  # fmt: skip


def rows_of(calls: Iterable[Call], *, org: Organization) -> Iterator[tuple[object, ...]]:
    """A row for each call, in the columns' order; times by the clinic's clock."""
    zone = org.zone
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
            "" if value is None else to_amount(value, org.currency),
            "" if value is None else org.currency,
            ", ".join(call.service_names),
            "yes" if call.recording_status == RecordingStatus.COMPLETED else "no",
            call.outcome_summary,
        )
