from django.urls import path

from telephony.api.webhooks import inbound_text, message_status
from telephony.views.messages import message_list

app_name = "telephony"
urlpatterns = [
    path("api/twilio/sms", inbound_text, name="twilio-sms"),
    path("api/twilio/status", message_status, name="twilio-status"),
    path("dashboard/messages", message_list, name="messages"),
]
