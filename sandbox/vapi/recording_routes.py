"""Recordings of Vapi's calls: a link for half an hour, and what lies behind it."""

import time
from collections.abc import Iterator

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from sandbox.calls.sound import recording_of
from sandbox.json_types import JsonObject, as_object
from sandbox.state import sandbox_of
from sandbox.vapi.access import require_organisation
from sandbox.vapi.errors import not_found
from sandbox.vapi.settings import read_settings

VALID_MS = 1_800_000
MEGABYTE = 1024 * 1024
HUGE_MEGABYTES = 101


async def recording_link(request: Request) -> RedirectResponse:
    """Redirect to a recording's short-lived address."""
    identity = request.path_params["identity"]
    call = sandbox_of(request).resources.find("call", identity, owner=require_organisation(request))
    if call is None:
        raise not_found("Call", identity)
    artifact = as_object(call.get("artifact"))
    stereo = request.url.path.endswith("stereo-recording")
    link = artifact.get("presignedStereoUrl" if stereo else "presignedMonoUrl")
    if not link:
        raise not_found("Recording", identity)
    expires = int(time.time() * 1000) + VALID_MS
    return RedirectResponse(f"{str(link).split('?')[0]}?X-Amz-Expires=1800&expires={expires}", status_code=302)


async def storage(request: Request) -> Response:
    """Serve a recording to a presigned address; refuse a bare or expired one. A tester may have something else sent."""
    sandbox, expires = sandbox_of(request), request.query_params.get("expires", "0")
    wanted = read_settings(sandbox.resources)["recordings"]
    if wanted == "dead" or not expires.isdecimal() or int(expires) < time.time() * 1000:
        return _refusal("AccessDenied", 403)
    call_id, _, kind = request.path_params["name"].removesuffix(".wav").rpartition("-")
    call = sandbox.resources.find("call", call_id)
    if call is None:
        return _refusal("NoSuchKey", 404)
    if wanted == "huge":
        return StreamingResponse(_huge(), media_type="audio/wav")
    if wanted == "not_audio":
        return Response("<!doctype html><title>Maintenance</title>" + " " * 8192, media_type="audio/wav")
    sound = await run_in_threadpool(_sound, call, 2 if kind == "stereo" else 1)
    return Response(sound, media_type="audio/wav")


def recording_routes() -> list[Route]:
    """Return the routes of recordings."""
    return [
        Route("/call/{identity}/mono-recording", recording_link, methods=["GET"]),
        Route("/call/{identity}/stereo-recording", recording_link, methods=["GET"]),
        Route("/storage/{name}", storage, methods=["GET"]),
    ]


def _sound(call: JsonObject, channels: int) -> bytes:
    return recording_of(call.get("messages") or (), channels=channels)


def _huge() -> Iterator[bytes]:
    """Begin like a recording and go on for longer than anybody keeps, without saying so beforehand."""
    silence = bytes(MEGABYTE)
    yield b"RIFF\xff\xff\xff\xffWAVE" + silence[12:]
    for _ in range(HUGE_MEGABYTES - 1):
        yield silence


def _refusal(code: str, status: int) -> Response:
    return Response(f"<Error><Code>{code}</Code></Error>", status_code=status, media_type="application/xml")
