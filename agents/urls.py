from django.urls import path

from agents import views
from agents.api import AgentsView

app_name = "agents"
urlpatterns = [
    path("dashboard/agents", views.agent_list, name="list"),
    path("dashboard/agents/<uuid_or_400:agent_id>/sync", views.sync, name="sync"),
    path("api/agents", AgentsView.as_view(), name="api"),
]
