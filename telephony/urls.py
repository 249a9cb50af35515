from django.urls import path

from telephony.api.webhooks import email_event, inbound_text, message_status
from telephony.views.email_events import ask_for_events
from telephony.views.messages import message_list, send_message_again

app_name = "telephony"
urlpatterns = [
    path("api/twilio/sms", inbound_text, name="twilio-sms"),
    path("api/twilio/status", message_status, name="twilio-status"),
    path("api/resend/webhook", email_event, name="resend-webhook"),
    path("dashboard/integrations/resend/events", ask_for_events, name="email-events"),
    path("dashboard/messages", message_list, name="messages"),
    path("dashboard/messages/<uuid_or_400:message_id>/again", send_message_again, name="send-again"),
]
