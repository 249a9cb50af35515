from django.apps import AppConfig


class TelephonyConfig(AppConfig):
    name = "telephony"

    def ready(self) -> None:
        from telephony.probes import probe_account, probe_master_account
        from voxanne.health.probes import register_probe

        register_probe("Twilio", probe_account, online=True)
        register_probe("Twilio, account that buys numbers", probe_master_account, online=True)
