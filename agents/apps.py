from django.apps import AppConfig


class AgentsConfig(AppConfig):
    name = "agents"
    verbose_name = "Agents"

    def ready(self) -> None:
        from agents.accounts import tasks  # noqa: F401 - Celery looks for tasks beside models only
        from agents.figures import read_sync_states
        from agents.managed_numbers import tasks as managed_tasks  # noqa: F401 - the same
        from agents.messaging import list_accounts_named, serving_account
        from agents.numbers.selectors import find_organisations_note
        from agents.numbers.wanted import follow_organisation, follow_vapi_account
        from agents.onboarding import RECEPTIONIST
        from agents.selectors import list_assistant_ids
        from agents.services import create_default_agents, follow_profile, follow_webhook_secret
        from credentials import events
        from credentials.types import Provider
        from orgs.onboarding import register_step
        from orgs.platform_figures import register_platform_figures
        from orgs.services import register_profile_watcher, register_seeder
        from orgs.tenancy.samples import register_sample
        from telephony.messaging.accounts import AgentAccounts, register_agent_accounts

        register_agent_accounts(AgentAccounts(serving=serving_account, named=list_accounts_named))
        # Last, because the prompt tells what the other rooms have made.
        register_seeder(create_default_agents, order=90)
        register_profile_watcher(follow_profile)
        register_step(RECEPTIONIST)
        register_platform_figures("sync", read_sync_states)
        register_sample("agents.AgentTwilioSettings", lambda: {"account_sid": f"AC{'0' * 32}"})
        events.on_saved(Provider.TWILIO, follow_organisation)
        events.on_deleted(Provider.TWILIO, follow_organisation)
        events.on_disabled(Provider.TWILIO, follow_organisation)
        events.on_saved(Provider.VAPI, follow_webhook_secret)
        events.on_saved(Provider.VAPI, follow_vapi_account)
        events.on_deleted(Provider.VAPI, follow_webhook_secret)
        events.show_sync_state(Provider.TWILIO, find_organisations_note)
        events.list_assistants_with(list_assistant_ids)
