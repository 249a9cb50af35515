"""The webhook inbox and the calls, for the platform's admins. Payloads are never shown."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from calls import processing
from calls.ingress.replay import replay_unresolved
from calls.models import Call, UnresolvedWebhook, WebhookEvent


class ReadOnlyAdmin(ModelAdmin):
    """Rows that are looked at, not edited."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False


@admin.register(WebhookEvent)
class WebhookEventAdmin(ReadOnlyAdmin):
    """The inbox: what came, what is done, what is dead."""

    list_display = [
        "received_at",
        "event_type",
        "org_id",
        "vapi_call_id",
        "attempts",
        "processed_at",
        "dead_at",
        "error",
    ]
    list_filter = ["event_type", ("dead_at", admin.EmptyFieldListFilter), ("processed_at", admin.EmptyFieldListFilter)]
    search_fields = ["vapi_call_id"]
    ordering = ["-received_at"]
    exclude = ["payload"]
    actions = ["process_again"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[WebhookEvent]:
        return WebhookEvent.across_orgs.all()

    @admin.action(description="Process the selected events again")
    def process_again(self, request: HttpRequest, queryset: QuerySet[WebhookEvent]) -> None:
        """Give them eight more attempts; the sweeper takes them within seconds."""
        for event in queryset:
            processing.revive(event)
        self.message_user(request, f"{len(queryset)} events will be processed again.", messages.SUCCESS)


@admin.register(UnresolvedWebhook)
class UnresolvedWebhookAdmin(ReadOnlyAdmin):
    """Genuine messages of assistants that nobody here has."""

    list_display = ["received_at", "event_type", "assistant_id", "vapi_call_id", "resolved_at"]
    list_filter = [("resolved_at", admin.EmptyFieldListFilter)]
    search_fields = ["assistant_id", "vapi_call_id"]
    ordering = ["-received_at"]
    exclude = ["payload"]
    actions = ["replay"]

    @admin.action(description="Deliver the selected messages again")
    def replay(self, request: HttpRequest, queryset: QuerySet[UnresolvedWebhook]) -> None:
        """Those whose assistant is known by now go into its organisation's inbox."""
        delivered = sum(replay_unresolved(row) for row in queryset)
        level = messages.SUCCESS if delivered else messages.WARNING
        self.message_user(request, f"{delivered} of {len(queryset)} messages found their organisation.", level)


@admin.register(Call)
class CallAdmin(ReadOnlyAdmin):
    """Calls of all organisations, without what was said in them."""

    list_display = ["created_at", "org_id", "call_type", "status", "outcome", "duration_seconds", "vapi_call_id"]
    list_filter = ["status", "outcome", "call_type"]
    search_fields = ["vapi_call_id"]
    ordering = ["-created_at"]
    fields = list_display

    def get_queryset(self, request: HttpRequest) -> QuerySet[Call]:
        return Call.across_orgs.all()
