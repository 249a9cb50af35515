from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "contacts"
    verbose_name = "Contacts"

    def ready(self) -> None:
        from agents.prompts import register_clinic_facts
        from contacts.clinic_facts import service_facts
        from contacts.messaging import MessagedPeople
        from contacts.services import seed_services
        from orgs.services import register_seeder
        from telephony.messaging.people import register_people

        register_seeder(seed_services)
        register_clinic_facts(service_facts)
        register_people(MessagedPeople())
