from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "contacts"
    verbose_name = "Contacts"

    def ready(self) -> None:
        from agents.prompts import register_clinic_facts
        from contacts.clinic_facts import service_facts
        from contacts.hot_leads import follow_alert
        from contacts.messaging import MessagedPeople, messages_of
        from contacts.notes import notes_of
        from contacts.services import seed_services
        from contacts.thread import ThreadSource, register_thread
        from orgs.services import register_seeder
        from telephony.messaging.events import on_settled
        from telephony.messaging.people import register_people
        from telephony.messaging.sending_again import note_what_may_be_sent_again

        register_seeder(seed_services)
        register_clinic_facts(service_facts)
        register_people(MessagedPeople())
        messages = ThreadSource(
            "message", messages_of, "telephony/_thread_entry.html", prepare=note_what_may_be_sent_again
        )
        register_thread(messages)
        register_thread(ThreadSource("note", notes_of, "contacts/_note.html"))
        on_settled(follow_alert)
