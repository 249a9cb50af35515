from django.apps import AppConfig


class TelephonyConfig(AppConfig):
    name = "telephony"

    def ready(self) -> None:
        from credentials import events
        from credentials.types import Provider
        from orgs.tenancy.samples import register_sample
        from telephony.messaging.numbers import follow_organisation
        from telephony.messaging.resend_card import follow_account, note_of
        from telephony.probes import probe_account, probe_master_account
        from voxanne.health.probes import register_probe

        register_probe("Twilio", probe_account, online=True)
        register_probe("Twilio, account that buys numbers", probe_master_account, online=True)
        register_sample("telephony.TwilioAccount", lambda: {"account_sid": f"AC{'0' * 32}"})
        register_sample("telephony.ManagedPhoneNumber", lambda: {"country": "GB", "cost_currency": "USD"})
        events.on_saved(Provider.TWILIO, follow_organisation)
        events.on_deleted(Provider.TWILIO, follow_organisation)
        events.on_disabled(Provider.TWILIO, follow_organisation)
        events.on_saved(Provider.RESEND, follow_account)
        events.show_sync_state(Provider.RESEND, note_of)
