from django.urls import path

from agents.api.agents import AgentPromptView, AgentsView, AgentSyncView, AgentView
from agents.api.twilio import AgentTwilioView
from agents.api.versions import AgentPublishView, AgentRestoreView, AgentVersionsView, AgentVersionView
from agents.views import pages, twilio
from agents.views.call_settings import call_settings

app_name = "agents"
urlpatterns = [
    path("dashboard/agents", pages.agent_list, name="list"),
    path("dashboard/agents/numbers/retry", pages.retry_numbers, name="retry_numbers"),
    path("dashboard/agents/<uuid_or_400:agent_id>", pages.agent_detail, name="detail"),
    path("dashboard/agents/<uuid_or_400:agent_id>/sync", pages.sync, name="sync"),
    path("dashboard/agents/<uuid_or_400:agent_id>/twilio", twilio.connect_twilio, name="connect_twilio"),
    path("dashboard/agents/<uuid_or_400:agent_id>/twilio/remove", twilio.disconnect_twilio, name="disconnect_twilio"),
    path("dashboard/settings/calls", call_settings, name="call_settings"),
    path("api/agents", AgentsView.as_view(), name="api"),
    path("api/agents/<uuid_or_400:agent_id>", AgentView.as_view(), name="api_detail"),
    path("api/agents/<uuid_or_400:agent_id>/publish", AgentPublishView.as_view(), name="api_publish"),
    path("api/agents/<uuid_or_400:agent_id>/sync", AgentSyncView.as_view(), name="api_sync"),
    path("api/agents/<uuid_or_400:agent_id>/restore", AgentRestoreView.as_view(), name="api_restore"),
    path("api/agents/<uuid_or_400:agent_id>/versions", AgentVersionsView.as_view(), name="api_versions"),
    path("api/agents/<uuid_or_400:agent_id>/versions/<int:number>", AgentVersionView.as_view(), name="api_version"),
    path("api/agents/<uuid_or_400:agent_id>/prompt", AgentPromptView.as_view(), name="api_prompt"),
    path("api/agents/<uuid_or_400:agent_id>/twilio", AgentTwilioView.as_view(), name="api_twilio"),
]
