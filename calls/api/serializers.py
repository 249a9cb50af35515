"""Calls as integrators read them."""

from typing import Any

from rest_framework import serializers

from calls.actions.selectors import list_messages_of_call
from calls.models import Call, CallType, Outcome, RecordingStatus, TranscriptLine
from calls.selectors import SENTIMENTS, CallOrder
from telephony.models import Message

_LISTED = (
    "id", "status", "outcome", "call_type", "caller_name", "phone_number", "started_at", "duration_seconds",
    "sentiment_label", "financial_value", "currency", "recording_status", "has_recording", "created_at",
)  # fmt: skip


class CallSerializer(serializers.ModelSerializer[Call]):
    """One call of the list. `phone_number` is the other party; `financial_value` is in the currency's minor units."""

    currency = serializers.SerializerMethodField()
    has_recording = serializers.SerializerMethodField()

    class Meta:
        model = Call
        fields: tuple[str, ...] = _LISTED

    def get_currency(self, call: Call) -> str:
        return str(self.context["currency"])

    def get_has_recording(self, call: Call) -> bool:
        return call.recording_status == RecordingStatus.COMPLETED


class TranscriptLineSerializer(serializers.ModelSerializer[TranscriptLine]):
    """One thing that was said, identifiers taken out."""

    class Meta:
        model = TranscriptLine
        fields = ("role", "text", "start_offset_ms")


class CallMessageSerializer(serializers.ModelSerializer[Message]):
    """A text, an email or a file that belongs to a call."""

    class Meta:
        model = Message
        fields = ("id", "direction", "method", "recipient", "content", "status", "error", "sent_at", "created_at")


class CallDetailSerializer(CallSerializer):
    """One call with what was said in it and what was done with it."""

    transcript = serializers.SerializerMethodField()
    messages = serializers.SerializerMethodField()

    class Meta(CallSerializer.Meta):
        fields = (
            *_LISTED,
            *("vapi_call_id", "agent_id", "contact_id", "from_number", "to_number", "ended_at", "ended_reason"),
            *("total_cost", "outcome_summary", "sentiment_score", "sentiment_urgency", "sentiment_summary"),
            *("sentiment_source", "booking_confirmed", "matched_services", "transfer_to", "transfer_reason"),
            *("transcript", "messages", "recording_url"),
        )

    def get_transcript(self, call: Call) -> list[dict[str, Any]]:
        rows = list(TranscriptLine.objects.filter(call=call).order_by("-is_final", "ordinal"))
        kept = [row for row in rows if row.is_final == rows[0].is_final]
        return list(TranscriptLineSerializer(kept, many=True).data)

    def get_messages(self, call: Call) -> list[dict[str, Any]]:
        return list(CallMessageSerializer(list_messages_of_call(call.pk), many=True).data)


class CallQuery(serializers.Serializer[Any]):
    """Which calls: days are the clinic's own, `min_value` is in whole currency units."""

    q = serializers.CharField(required=False, max_length=60, default="", allow_blank=True)
    outcome = serializers.ChoiceField(required=False, choices=Outcome.choices, default="")
    direction = serializers.ChoiceField(required=False, choices=CallType.choices, default="")
    sentiment = serializers.ChoiceField(required=False, choices=SENTIMENTS, default="")
    since = serializers.DateField(required=False, default=None)
    until = serializers.DateField(required=False, default=None)
    min_value = serializers.IntegerField(required=False, min_value=1, max_value=1_000_000, default=None)
    recording = serializers.BooleanField(required=False, default=False)
    sort = serializers.ChoiceField(required=False, choices=CallOrder.choices, default=CallOrder.NEWEST.value)
    cursor = serializers.CharField(required=False, max_length=200, default="")
    limit = serializers.IntegerField(required=False, min_value=1, max_value=200, default=50)


class StatsQuery(serializers.Serializer[Any]):
    """From which day to which, both included."""

    since = serializers.DateField(required=False)
    until = serializers.DateField(required=False)


class StatsSerializer(serializers.Serializer[Any]):
    """Totals of some days. Percentages are of inbound calls, of calls with a sentiment; the value is in minor units."""

    since = serializers.DateField()
    until = serializers.DateField()
    total_calls = serializers.IntegerField(source="figures.calls")
    inbound_calls = serializers.IntegerField(source="figures.inbound")
    outbound_calls = serializers.IntegerField()
    bookings = serializers.IntegerField(source="figures.booked")
    failed_calls = serializers.IntegerField(source="figures.failed")
    success_rate = serializers.FloatField(source="figures.success_percent")
    average_duration_seconds = serializers.FloatField(source="figures.average_seconds")
    positive_rate = serializers.FloatField(source="figures.positive_percent")
    pipeline_value = serializers.IntegerField(source="figures.value_minor")
    currency = serializers.CharField()
