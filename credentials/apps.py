from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    name = "credentials"

    def ready(self) -> None:
        from credentials.service import seed_webhook_secret
        from orgs.services import register_seeder

        register_seeder(seed_webhook_secret)
