"""The worker's application. Tasks are wake-ups: what must happen stands in a table, a sweeper finds what was lost."""

import os
import time
from typing import Any

from celery import Celery
from celery.schedules import crontab, schedule
from celery.signals import beat_init, before_task_publish, setup_logging, task_prerun, worker_init, worker_ready
from django.db import close_old_connections
from kombu import Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "voxanne.settings")
os.environ.setdefault("VOXANNE_PROCESS", "worker")

app = Celery("voxanne")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.task_queues = [Queue("critical"), Queue("default"), Queue("bulk")]
app.autodiscover_tasks()

# Every job claims due rows, so it may run twice or late without harm.
app.conf.beat_schedule = {
    "worker-heartbeat": {
        "task": "voxanne.health.tasks.heartbeat",
        "schedule": schedule(15),
        "options": {"expires": 15},
    },
    "sweep-webhook-events": {
        "task": "calls.tasks.sweep_webhook_events",
        "schedule": schedule(10),
        "options": {"expires": 10},
    },
    "sweep-agents": {"task": "agents.tasks.sweep_agents", "schedule": schedule(30), "options": {"expires": 30}},
    "sweep-numbers": {"task": "agents.tasks.sweep_numbers", "schedule": schedule(30), "options": {"expires": 30}},
    "sweep-managed-numbers": {
        "task": "agents.tasks.sweep_managed_numbers",
        "schedule": schedule(30),
        "options": {"expires": 30},
    },
    "sweep-publications": {
        "task": "agents.tasks.sweep_publications",
        "schedule": schedule(15),
        "options": {"expires": 15},
    },
    "sweep-vapi-accounts": {
        "task": "agents.tasks.sweep_vapi_accounts",
        "schedule": schedule(60),
        "options": {"expires": 60},
    },
    "sweep-credential-alerts": {
        "task": "credentials.tasks.sweep_alerts",
        "schedule": schedule(15 * 60),
        "options": {"expires": 15 * 60},
    },
    "sweep-reminders": {
        "task": "scheduling.reminders.tasks.sweep_reminders",
        "schedule": schedule(15),
        "options": {"expires": 15},
    },
    "sweep-staff-tasks": {
        "task": "contacts.tasks.sweep_staff_tasks",
        "schedule": schedule(60),
        "options": {"expires": 60},
    },
    "sweep-outbound-calls": {
        "task": "calls.tasks.sweep_outbound_calls",
        "schedule": schedule(60),
        "options": {"expires": 60},
    },
    "sweep-recordings": {
        "task": "calls.recordings.tasks.sweep_recordings",
        "schedule": schedule(30),
        "options": {"expires": 30},
    },
    "sweep-embeddings": {
        "task": "knowledge.embedding.tasks.sweep_embeddings",
        "schedule": schedule(30),
        "options": {"expires": 30},
    },
    "sweep-documents": {
        "task": "knowledge.tasks.sweep_documents",
        "schedule": schedule(30),
        "options": {"expires": 30},
    },
    "sweep-leads": {"task": "calls.tasks.sweep_leads", "schedule": schedule(60), "options": {"expires": 60}},
    "reconcile-calls": {
        "task": "calls.tasks.reconcile_calls",
        "schedule": schedule(10 * 60),
        "options": {"expires": 10 * 60},
    },
    "sweep-messages": {
        "task": "telephony.tasks.sweep_messages",
        "schedule": schedule(15),
        "options": {"expires": 15},
    },
    "sweep-calendar-events": {
        "task": "scheduling.tasks.sweep_calendar_events",
        "schedule": schedule(15),
        "options": {"expires": 15},
    },
    "sweep-calendars": {
        "task": "scheduling.tasks.sweep_calendars",
        "schedule": schedule(30),
        "options": {"expires": 30},
    },
    "check-calendars": {
        "task": "scheduling.tasks.check_calendars",
        "schedule": schedule(3 * 60),
        "options": {"expires": 3 * 60},
    },
    "sweep-waitlist": {
        "task": "scheduling.waitlist.tasks.sweep_waitlist",
        "schedule": schedule(15),
        "options": {"expires": 15},
    },
    "sweep-replies": {"task": "telephony.tasks.sweep_replies", "schedule": schedule(60), "options": {"expires": 60}},
    "sweep-call-days": {"task": "calls.tasks.sweep_call_days", "schedule": crontab(minute=23)},
    "clean-up-verifications": {
        "task": "telephony.tasks.clean_up_verifications",
        "schedule": crontab(hour=3, minute=0),
    },
    "retire-registrations": {"task": "agents.tasks.retire_registrations", "schedule": crontab(minute=17)},
    "check-assistants": {"task": "agents.tasks.check_assistants", "schedule": crontab(hour=3, minute=5)},
    "verify-credentials": {"task": "credentials.tasks.verify_all", "schedule": crontab(hour=2, minute=40)},
    "purge-webhook-payloads": {"task": "calls.tasks.purge_webhook_payloads", "schedule": crontab(hour=3, minute=20)},
    "purge-recordings": {"task": "calls.recordings.tasks.purge_recordings", "schedule": crontab(hour=3, minute=30)},
    "purge-ended-sessions": {"task": "orgs.tasks.purge_ended_sessions", "schedule": crontab(hour=3, minute=40)},
    "seal-audit-log": {"task": "orgs.tasks.seal_audit_log", "schedule": schedule(60), "options": {"expires": 60}},
}


@worker_init.connect
@beat_init.connect
def _look_before_serving(**_: Any) -> None:
    """Stop at once when the database does not fit, for example another master key."""
    from voxanne.startup import refuse_to_start_broken

    refuse_to_start_broken()


@worker_init.connect
def _load_what_is_shared(**_: Any) -> None:
    """What takes identifiers out of texts: a hundred megabytes, once for all processes that are forked from here."""
    from django.conf import settings

    from calls.redaction import load
    from voxanne.startup import preload

    if settings.WORKER_PRELOAD:
        load()
        preload()


@task_prerun.connect
def _replace_ended_connections(**_: Any) -> None:
    """Have the next statement look whether the connection that was kept still stands, and open another if not."""
    close_old_connections()


@worker_ready.connect
def _say_ready(**_: Any) -> None:
    """The first sign of life at once; beat's come every 15 seconds."""
    from voxanne.health.tasks import heartbeat

    heartbeat()


@before_task_publish.connect
def _note_when_sent(headers: dict[str, Any], **_: Any) -> None:
    """The age of a queue is told from it (`voxanne.health.figures`)."""
    from voxanne.health.figures import SENT_AT

    headers[SENT_AT] = time.time()


@setup_logging.connect
def _keep_our_logging(**_: Any) -> None:
    """Celery would replace the root handlers; settings have configured them already."""
