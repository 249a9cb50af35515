from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    name = "scheduling"
    verbose_name = "Scheduling"

    def ready(self) -> None:
        from agents.prompts import register_clinic_facts
        from credentials import events as credential_events
        from credentials.calendars import CALENDARS
        from orgs.onboarding import register_step
        from orgs.services import register_seeder
        from orgs.tenancy.samples import register_sample
        from scheduling import events as scheduling_events
        from scheduling.calendars import tasks  # noqa: F401 - Celery looks for tasks beside models only
        from scheduling.calendars.comparing import count_differences
        from scheduling.calendars.connections import begin_connection, end_connection, sample_connection
        from scheduling.calendars.health import register_drift
        from scheduling.calendars.wanting import follow_change, follow_connection, forget_connection
        from scheduling.clinic_facts import opening_facts
        from scheduling.events import on_changed
        from scheduling.onboarding import HOURS_AND_SERVICES
        from scheduling.reminders.outcomes import note_outcome
        from scheduling.reminders.planning import follow
        from scheduling.reminders.replies import take_reply
        from scheduling.services import seed_opening
        from scheduling.waitlist.wiring import register_waitlist
        from telephony.messaging import events as message_events

        register_waitlist()  # first: a yes is for an open offer before it is for a reminder
        scheduling_events.on_changed(follow)
        message_events.on_inbound(take_reply)
        message_events.on_settled(note_outcome)
        register_seeder(seed_opening)
        register_clinic_facts(opening_facts)
        register_step(HOURS_AND_SERVICES)
        register_drift(count_differences)
        register_sample("scheduling.CalendarConnection", sample_connection)
        for calendar in CALENDARS:
            credential_events.on_saved(calendar, begin_connection)
            credential_events.on_saved(calendar, follow_connection)
            for ending in (credential_events.on_deleted, credential_events.on_disabled):
                ending(calendar, end_connection)
                ending(calendar, forget_connection)
        on_changed(follow_change)
        register_drift(count_differences)
        register_sample("scheduling.CalendarConnection", sample_connection)
