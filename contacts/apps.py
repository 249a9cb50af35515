from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "contacts"
    verbose_name = "Contacts"

    def ready(self) -> None:
        from contacts.services import seed_services
        from orgs.services import register_seeder

        register_seeder(seed_services)
