from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    name = "scheduling"
    verbose_name = "Scheduling"

    def ready(self) -> None:
        from agents.prompts import register_clinic_facts
        from orgs.onboarding import register_step
        from orgs.services import register_seeder
        from scheduling.calendars.wiring import register_calendars
        from scheduling.clinic_facts import opening_facts
        from scheduling.contact_wiring import register_with_contacts
        from scheduling.onboarding import HOURS_AND_SERVICES
        from scheduling.reminders.wiring import register_reminders
        from scheduling.services import seed_opening
        from scheduling.waitlist.wiring import register_waitlist

        register_seeder(seed_opening)
        register_clinic_facts(opening_facts)
        register_step(HOURS_AND_SERVICES)
        register_waitlist()  # before reminders: a yes is for an open offer first
        register_reminders()
        register_calendars()
        register_with_contacts()
