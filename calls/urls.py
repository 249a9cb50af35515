from django.urls import path

from calls.api.simulation import Simulate
from calls.api.webhooks import vapi_tool, vapi_webhook
from calls.views import pages, simulation

app_name = "calls"
urlpatterns = [
    path("api/vapi/webhook", vapi_webhook, name="vapi-webhook"),
    path("api/webhooks/vapi", vapi_webhook, name="vapi-webhook-older"),
    path("api/vapi/tools/<str:name>", vapi_tool, name="vapi-tool"),
    path("api/calls/simulate", Simulate.as_view(), name="api-simulate"),
    path("dashboard", pages.overview, name="overview"),
    path("dashboard/calls", pages.call_list, name="list"),
    path("dashboard/calls/simulate", simulation.simulate, name="simulate"),
    path("dashboard/calls/<uuid_or_400:call_id>", pages.call_detail, name="detail"),
]
