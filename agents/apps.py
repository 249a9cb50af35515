from django.apps import AppConfig


class AgentsConfig(AppConfig):
    name = "agents"

    def ready(self) -> None:
        from agents.services import create_default_agents
        from orgs.services import register_seeder

        register_seeder(create_default_agents)
