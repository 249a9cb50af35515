"""The page behind a shared link: only a player, after a click. It belongs to nobody who is signed in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from calls.recordings.errors import LinkUnusable, TooManyGuesses
from calls.recordings.guesses import check_guesses, count_wrong
from calls.recordings.measures import LISTENINGS
from calls.recordings.models import RecordingShare
from calls.recordings.shares import find_open_share, find_org_of_token, note_opening
from calls.recordings.tickets import Ticket, audio_address
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from voxanne.client_address import client_ip
from voxanne.errors import DomainError


# The link is the authority and no cookie plays a part: a foreign page can do nothing that its holder cannot. With
# `no-referrer` a browser would not say where the form came from either.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def listen(request: HttpRequest, token: str) -> HttpResponse:
    """Say what was shared; after the click, the player. Mail scanners only ever get the first."""
    try:
        context = _open(request, token)
        response = render(request, "calls/listen.html", context)
    except (LinkUnusable, TooManyGuesses) as refused:
        response = _refused(request, refused)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


def _open(request: HttpRequest, token: str) -> dict[str, object]:
    """What the page shows of an open share; each opening goes into the clinic's audit log.

    Raises:
        LinkUnusable: the link opens nothing. TooManyGuesses: nor did twenty before it.
    """
    ip = client_ip(request)
    check_guesses(ip)
    org_id = find_org_of_token(token)
    if org_id is not None:
        with org_scope(org_id), org_tx():
            share = find_open_share(token)
            if share is not None:
                return _shown(share, actor=Actor.visitor(org_id, ip=ip), is_click=request.method == "POST")
    count_wrong(ip)
    raise LinkUnusable


def _shown(share: RecordingShare, *, actor: Actor, is_click: bool) -> dict[str, object]:
    note_opening(share, actor=actor, action="recording.link_played" if is_click else "recording.link_opened")
    org, recording = Organization.objects.get(), share.recording
    source = ""
    if is_click:
        LISTENINGS.labels("link").inc()
        source = audio_address(Ticket(share.org_id, recording.pk, share.pk))
    return {
        "clinic": org.name,
        "zone": org.zone,
        "recorded_at": recording.call.started_at or recording.recorded_at,
        "seconds": recording.seconds or recording.call.duration_seconds,
        "expires_at": share.expires_at,
        "source": source,
    }


def _refused(request: HttpRequest, refused: DomainError) -> HttpResponse:
    return render(request, "calls/listen.html", {"problem": refused.message}, status=refused.http_status)
