from django.apps import AppConfig


class AgentsConfig(AppConfig):
    name = "agents"
    verbose_name = "Agents"

    def ready(self) -> None:
        from agents.onboarding import RECEPTIONIST
        from agents.services import create_default_agents, follow_profile
        from orgs.onboarding import register_step
        from orgs.services import register_profile_watcher, register_seeder

        # Last, because the prompt tells what the other rooms have made.
        register_seeder(create_default_agents, order=90)
        register_profile_watcher(follow_profile)
        register_step(RECEPTIONIST)
