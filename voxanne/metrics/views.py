"""`/metrics`: for Prometheus alone, with a token of its own."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe

from voxanne.metrics.exposition import CONTENT_TYPE_LATEST, scrape


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Everything that is counted, to whoever shows `METRICS_TOKEN`; where none is set the address does not exist."""
    if not settings.METRICS_TOKEN:
        return HttpResponse("Not found.\n", status=404, content_type="text/plain")
    presented = request.headers.get("Authorization", "")
    if not constant_time_compare(presented, f"Bearer {settings.METRICS_TOKEN}"):
        refusal = HttpResponse("Show the metrics token.\n", status=401, content_type="text/plain")
        refusal["WWW-Authenticate"] = "Bearer"
        return refusal
    return HttpResponse(scrape(), content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})
