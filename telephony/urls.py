from django.urls import path

from telephony.api.caller_ids import (
    ConfirmVerification,
    InitiateVerification,
    VerificationView,
    VerifiedNumber,
    VerifiedNumbers,
)
from telephony.api.forwarding import ConfirmForwarding, ForwardingConfig, ForwardingConfigs, PreviewForwarding
from telephony.api.webhooks import caller_id_status, email_event, inbound_text, message_status, trial_call_status
from telephony.views.email_events import ask_for_events
from telephony.views.line_steps import line_call_again, line_new, line_read, line_verify, line_verify_state
from telephony.views.lines import (
    line,
    line_choose,
    line_dial,
    line_done,
    line_list,
    line_off,
    line_preview,
    line_remove,
    line_test_state,
    line_trial,
)
from telephony.views.messages import message_list, send_message_again

app_name = "telephony"
urlpatterns = [
    path("api/twilio/sms", inbound_text, name="twilio-sms"),
    path("api/twilio/status", message_status, name="twilio-status"),
    path("api/twilio/caller-id", caller_id_status, name="twilio-caller-id"),
    path("api/twilio/trial-call", trial_call_status, name="twilio-trial-call"),
    path("api/resend/webhook", email_event, name="resend-webhook"),
    path("api/telephony/verify-caller-id/initiate", InitiateVerification.as_view(), name="api-initiate"),
    path("api/telephony/verify-caller-id/confirm", ConfirmVerification.as_view(), name="api-confirm"),
    path(
        "api/telephony/verify-caller-id/<uuid_or_400:verification_id>",
        VerificationView.as_view(),
        name="api-verification",
    ),
    path("api/telephony/verified-numbers", VerifiedNumbers.as_view(), name="api-verified-numbers"),
    path(
        "api/telephony/verified-numbers/<uuid_or_400:verified_caller_id>",
        VerifiedNumber.as_view(),
        name="api-verified-number",
    ),
    path("api/telephony/forwarding-config", ForwardingConfigs.as_view(), name="api-forwarding-configs"),
    path("api/telephony/forwarding-config/confirm", ConfirmForwarding.as_view(), name="api-confirm-forwarding"),
    path("api/telephony/forwarding-config/preview", PreviewForwarding.as_view(), name="api-preview-forwarding"),
    path(
        "api/telephony/forwarding-config/<uuid_or_400:forwarding_id>",
        ForwardingConfig.as_view(),
        name="api-forwarding-config",
    ),
    path("dashboard/integrations/resend/events", ask_for_events, name="email-events"),
    path("dashboard/telephony", line_list, name="lines"),
    path("dashboard/telephony/new", line_new, name="line-new"),
    path("dashboard/telephony/new/read", line_read, name="line-read"),
    path("dashboard/telephony/<uuid_or_400:line_id>", line, name="line"),
    path("dashboard/telephony/<uuid_or_400:line_id>/verify", line_verify, name="line-verify"),
    path("dashboard/telephony/<uuid_or_400:line_id>/verify/state", line_verify_state, name="line-verify-state"),
    path("dashboard/telephony/<uuid_or_400:line_id>/call", line_call_again, name="line-call-again"),
    path("dashboard/telephony/<uuid_or_400:line_id>/choose", line_choose, name="line-choose"),
    path("dashboard/telephony/<uuid_or_400:line_id>/preview", line_preview, name="line-preview"),
    path("dashboard/telephony/<uuid_or_400:line_id>/dial", line_dial, name="line-dial"),
    path("dashboard/telephony/<uuid_or_400:line_id>/done", line_done, name="line-done"),
    path("dashboard/telephony/<uuid_or_400:line_id>/done/state", line_test_state, name="line-test-state"),
    path("dashboard/telephony/<uuid_or_400:line_id>/trial", line_trial, name="line-trial"),
    path("dashboard/telephony/<uuid_or_400:line_id>/off", line_off, name="line-off"),
    path("dashboard/telephony/<uuid_or_400:line_id>/remove", line_remove, name="line-remove"),
    path("dashboard/messages", message_list, name="messages"),
    path("dashboard/messages/<uuid_or_400:message_id>/again", send_message_again, name="send-again"),
]
