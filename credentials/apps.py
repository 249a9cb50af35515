from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    name = "credentials"

    def ready(self) -> None:
        from credentials.figures import read_failing
        from credentials.key_check import find_key_problem
        from credentials.probes import probe_vapi
        from credentials.service import seed_webhook_secret
        from credentials.wrapped_keys import WrappedDataKeys
        from orgs.platform_figures import register_platform_figures
        from orgs.services import register_seeder
        from voxanne.health.probes import register_probe
        from voxanne.sealed_rows import register_sealed
        from voxanne.startup import register_start_check

        register_seeder(seed_webhook_secret)
        register_platform_figures("credentials", read_failing)
        register_probe("encryption key of this database", find_key_problem)
        register_probe("Vapi", probe_vapi, online=True)
        register_start_check("Encryption key", find_key_problem)
        register_sealed(WrappedDataKeys())
