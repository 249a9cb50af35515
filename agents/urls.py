from django.urls import path

from agents.api.agents import AgentPromptView, AgentsView, AgentSyncView, AgentView
from agents.api.managed_numbers import AvailableNumbersView, ManagedNumbersView, ManagedNumberView
from agents.api.twilio import AgentTwilioView
from agents.api.versions import AgentPublishView, AgentRestoreView, AgentVersionsView, AgentVersionView
from agents.views import editor, listening, managed_numbers, pages, twilio, versions
from agents.views.call_settings import call_settings

app_name = "agents"
urlpatterns = [
    path("dashboard/agents", pages.agent_list, name="list"),
    path("dashboard/agents/numbers/retry", pages.retry_numbers, name="retry_numbers"),
    path("dashboard/agents/<uuid_or_400:agent_id>", editor.agent_detail, name="detail"),
    path("dashboard/agents/voices/<slug:sample_id>", listening.voice_sample, name="voice_sample"),
    path("dashboard/agents/<uuid_or_400:agent_id>/talk", listening.talk, name="talk"),
    path("dashboard/agents/<uuid_or_400:agent_id>/state", editor.state, name="state"),
    path("dashboard/agents/<uuid_or_400:agent_id>/preview", editor.preview_prompt, name="preview"),
    path("dashboard/agents/<uuid_or_400:agent_id>/publish", editor.publish, name="publish"),
    path("dashboard/agents/<uuid_or_400:agent_id>/mode", editor.choose_mode, name="mode"),
    path("dashboard/agents/<uuid_or_400:agent_id>/line", pages.agent_line, name="line"),
    path("dashboard/agents/<uuid_or_400:agent_id>/versions", versions.version_list, name="versions"),
    path("dashboard/agents/<uuid_or_400:agent_id>/versions/<int:number>", versions.version_detail, name="version"),
    path("dashboard/agents/<uuid_or_400:agent_id>/versions/<int:number>/restore", versions.restore, name="restore"),
    path("dashboard/agents/<uuid_or_400:agent_id>/sync", pages.sync, name="sync"),
    path("dashboard/agents/<uuid_or_400:agent_id>/line/twilio", twilio.connect_twilio, name="connect_twilio"),
    path(
        "dashboard/agents/<uuid_or_400:agent_id>/line/twilio/remove", twilio.disconnect_twilio, name="disconnect_twilio"
    ),
    path("dashboard/settings/calls", call_settings, name="call_settings"),
    path("dashboard/telephony/numbers", managed_numbers.number_list, name="numbers"),
    path("dashboard/telephony/numbers/new", managed_numbers.number_search, name="number_search"),
    path("dashboard/telephony/numbers/buy", managed_numbers.number_purchase, name="number_purchase"),
    path("dashboard/telephony/numbers/<uuid_or_400:number_id>", managed_numbers.number_detail, name="number"),
    path(
        "dashboard/telephony/numbers/<uuid_or_400:number_id>/agent",
        managed_numbers.number_assignment,
        name="number_assignment",
    ),
    path(
        "dashboard/telephony/numbers/<uuid_or_400:number_id>/release",
        managed_numbers.number_release,
        name="number_release",
    ),
    path("api/telephony/available-numbers", AvailableNumbersView.as_view(), name="api_available_numbers"),
    path("api/telephony/managed-numbers", ManagedNumbersView.as_view(), name="api_managed_numbers"),
    path(
        "api/telephony/managed-numbers/<uuid_or_400:number_id>",
        ManagedNumberView.as_view(),
        name="api_managed_number",
    ),
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
