"""Take the quiet hours off every clinic of the stack: tests run at night too. Run beside it, as tests.e2e.crowded."""

import os


def main() -> None:
    """Do it, as the worker's login: it alone may look across clinics."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "voxanne.settings")
    os.environ.setdefault("VOXANNE_PROCESS", "worker")
    from voxanne.embedded.environment import load_local_environment

    load_local_environment()
    import django

    django.setup()
    from orgs.models import IntegrationSettings
    from orgs.scope import service_tx

    with service_tx("browser tests"):
        IntegrationSettings.across_orgs.update(quiet_hours_start="00:00", quiet_hours_end="00:00")


if __name__ == "__main__":
    main()
