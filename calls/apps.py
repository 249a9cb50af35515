from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "calls"

    def ready(self) -> None:
        from agents.rehearsal import register_rehearsal
        from calls.contact_wiring import register_with_contacts
        from calls.figures import read_inbox
        from calls.ingress.inbox import UNRESOLVED_PURPOSE
        from calls.models import UnresolvedWebhook
        from calls.onboarding import FIRST_CALL
        from calls.recordings.samples import sample_share
        from calls.rehearsals.runner import rehearse
        from calls.tools.registry import register_all
        from orgs.onboarding import register_step
        from orgs.platform_figures import register_platform_figures
        from orgs.scope import service_tx
        from orgs.tenancy.samples import register_sample
        from voxanne.sealed_rows import SealedTextColumn, register_sealed

        register_all()
        register_with_contacts()
        register_rehearsal(rehearse)
        register_step(FIRST_CALL)
        register_platform_figures("inbox", read_inbox)
        register_sample("calls.RecordingShare", sample_share)
        register_sealed(
            SealedTextColumn(
                UnresolvedWebhook,
                "payload",
                purpose=UNRESOLVED_PURPOSE,
                open_tx=lambda: service_tx("rotate the master key"),
            )
        )
