from django.urls import path

from calls.api.dashboard import CallStatsView, CallsView, CallView, FollowUpView, TranscriptExportView
from calls.api.outbound import CallBack, CallMe
from calls.api.rehearsals import vapi_rehearsal
from calls.api.shares import ShareRecording
from calls.api.simulation import Simulate
from calls.api.webhooks import vapi_tool, vapi_webhook
from calls.views import actions, callers, listen, outbound, pages, privacy, recordings, shares, simulation

app_name = "calls"
urlpatterns = [
    path("api/vapi/webhook", vapi_webhook, name="vapi-webhook"),
    path("api/webhooks/vapi", vapi_webhook, name="vapi-webhook-older"),
    path("api/vapi/tools/<str:name>", vapi_tool, name="vapi-tool"),
    path("api/vapi/rehearsals/<uuid_or_400:publication_id>", vapi_rehearsal, name="vapi-rehearsal"),
    path("api/calls/simulate", Simulate.as_view(), name="api-simulate"),
    path("api/contacts/<uuid_or_400:contact_id>/call-back", CallBack.as_view(), name="api-call-back"),
    path("api/agents/<uuid_or_400:agent_id>/call-me", CallMe.as_view(), name="api-call-me"),
    path("api/calls-dashboard", CallsView.as_view(), name="api"),
    path("api/calls-dashboard/stats", CallStatsView.as_view(), name="api-stats"),
    path("api/calls-dashboard/<uuid_or_400:call_id>", CallView.as_view(), name="api-one"),
    path("api/calls-dashboard/<uuid_or_400:call_id>/followup", FollowUpView.as_view(), name="api-follow-up"),
    path(
        "api/calls-dashboard/<uuid_or_400:call_id>/transcript/export",
        TranscriptExportView.as_view(),
        name="api-transcript-export",
    ),
    path("api/calls-dashboard/<uuid_or_400:call_id>/share", ShareRecording.as_view(), name="api-share"),
    path("dashboard", pages.overview, name="overview"),
    path("dashboard/calls", pages.call_list, name="list"),
    path("dashboard/calls/export", pages.call_export, name="export-list"),
    path("dashboard/calls/simulate", simulation.simulate, name="simulate"),
    path("dashboard/settings/privacy", privacy.privacy, name="privacy"),
    path("dashboard/calls/<uuid_or_400:call_id>", pages.call_detail, name="detail"),
    path("dashboard/calls/<uuid_or_400:call_id>/caller", callers.remember, name="remember-caller"),
    path("dashboard/calls/<uuid_or_400:call_id>/caller/block", callers.block, name="block-caller"),
    path("dashboard/calls/<uuid_or_400:call_id>/caller/unblock", callers.unblock, name="unblock-caller"),
    path("dashboard/calls/<uuid_or_400:call_id>/follow-up", actions.follow_up, name="follow-up"),
    path("dashboard/calls/<uuid_or_400:call_id>/transcript", actions.export, name="export"),
    path("dashboard/calls/<uuid_or_400:call_id>/remind", actions.remind, name="remind"),
    path("dashboard/calls/<uuid_or_400:call_id>/messages", actions.call_messages, name="messages"),
    path("dashboard/calls/<uuid_or_400:call_id>/call-back", outbound.call_back, name="call-back"),
    path("dashboard/leads/<uuid_or_400:contact_id>/call-back", outbound.call_back_contact, name="call-back-contact"),
    path("dashboard/calls/<uuid_or_400:call_id>/recording", recordings.recording, name="recording"),
    path("dashboard/calls/<uuid_or_400:call_id>/recording/retry", recordings.retry, name="retry-recording"),
    path("dashboard/calls/<uuid_or_400:call_id>/share", shares.share, name="share"),
    path("dashboard/shares/<uuid_or_400:share_id>/revoke", shares.revoke, name="revoke-share"),
    path("listen/<str:token>", listen.listen, name="listen"),
    path("dashboard/agents/<uuid_or_400:agent_id>/call-me", outbound.call_me, name="call-me"),
]
