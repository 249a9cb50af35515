from django.urls import path

from agents import views
from agents.api import AgentsView, AgentTwilioView

app_name = "agents"
urlpatterns = [
    path("dashboard/agents", views.agent_list, name="list"),
    path("dashboard/agents/numbers/retry", views.retry_numbers, name="retry_numbers"),
    path("dashboard/agents/<uuid_or_400:agent_id>", views.agent_detail, name="detail"),
    path("dashboard/agents/<uuid_or_400:agent_id>/sync", views.sync, name="sync"),
    path("dashboard/agents/<uuid_or_400:agent_id>/twilio", views.connect_twilio, name="connect_twilio"),
    path("dashboard/agents/<uuid_or_400:agent_id>/twilio/remove", views.disconnect_twilio, name="disconnect_twilio"),
    path("api/agents", AgentsView.as_view(), name="api"),
    path("api/agents/<uuid_or_400:agent_id>/twilio", AgentTwilioView.as_view(), name="api_twilio"),
]
