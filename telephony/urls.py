from django.urls import path

from telephony.api.webhooks import inbound_text, message_status
from telephony.views.messages import message_list, send_message_again

app_name = "telephony"
urlpatterns = [
    path("api/twilio/sms", inbound_text, name="twilio-sms"),
    path("api/twilio/status", message_status, name="twilio-status"),
    path("dashboard/messages", message_list, name="messages"),
    path("dashboard/messages/<uuid_or_400:message_id>/again", send_message_again, name="send-again"),
]
