"""Hearing an agent before callers do: samples of voices, and a call from the browser."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from agents.selectors import get_agent
from agents.voice_samples import MEDIA_TYPE, get_sample
from credentials.errors import CredentialDisabled, NotConnected
from orgs.middleware import OrgRequest
from orgs.permissions import opens_own_transactions, require_permission
from voxanne.errors import NotFound, ProviderError

DAY_S = 24 * 60 * 60
# Vapi's calls in the browser run over Daily, whose client is fetched from its own host when a call begins.
_CALLS_IN_BROWSER: Mapping[str, Any] = {
    "script-src": ["https://c.daily.co"],
    "connect-src": [
        "https://api.vapi.ai", "https://c.daily.co", "https://*.daily.co", "https://*.wss.daily.co",
        "wss://*.daily.co", "wss://*.wss.daily.co",
    ],
    "media-src": ["blob:"],
    "worker-src": ["blob:"],
}  # fmt: skip


@require_permission("agents:read")
@require_GET
@opens_own_transactions
def voice_sample(request: OrgRequest, sample_id: str) -> HttpResponse:
    """One sentence in a voice that the picker offers."""
    try:
        audio = get_sample(org=request.org, sample_id=sample_id)
    except (NotConnected, CredentialDisabled):
        return HttpResponse("Connect ElevenLabs in Integrations to hear voices.", status=404, content_type="text/plain")
    except ProviderError:
        return HttpResponse("ElevenLabs did not answer. Try again in a minute.", status=502, content_type="text/plain")
    response = HttpResponse(audio, content_type=MEDIA_TYPE)
    response["Cache-Control"] = f"private, max-age={DAY_S}"
    return response


@require_permission("agents:write")
@require_GET
@csp_update(dict(_CALLS_IN_BROWSER))  # type: ignore[arg-type]  # its types know no other arguments of a view
def talk(request: OrgRequest, agent_id: UUID) -> HttpResponse:
    """Talk to an agent from the browser, where the deployment has a public key at Vapi."""
    if not settings.VAPI_PUBLIC_KEY:
        raise NotFound("Calls from the browser are not set up here.")
    return render(request, "agents/talk.html", {"agent": get_agent(agent_id), "public_key": settings.VAPI_PUBLIC_KEY})
