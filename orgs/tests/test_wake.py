"""Web processes wake workers through the configured broker."""

from django.conf import settings

from orgs.tasks import seal_audit_log


def test_tasks_are_bound_to_the_configured_application():
    assert seal_audit_log.app.conf.broker_url == settings.CELERY_BROKER_URL
