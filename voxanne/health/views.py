"""`/health` says that the process answers; `/health/ready` that all it needs is there."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from voxanne.health import probes


@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """The process answers. Touches nothing else."""
    return JsonResponse({"status": "ok"})


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """200 when database, Redis, migrations and worker are there; else 503 naming what fails, and no details."""
    failing = [outcome.name for outcome in probes.run(probes.READY) if not outcome.is_well]
    if failing:
        return JsonResponse({"status": "not_ready", "failing": failing}, status=503)
    return JsonResponse({"status": "ok"})
