"""`GET /audio/{ticket}`, in the live process: whoever listens slowly holds a connection there, and no web thread."""

import asyncio

import structlog
from django.db import Error as DatabaseError
from django.db import connections
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from calls.recordings.sending import PRIVATE, Answer, Asked, answer_ticket
from voxanne.errors import DomainError

log = structlog.get_logger(__name__)


async def audio(request: Request) -> Response:
    """The sound, for whoever holds a ticket; the reason in words where it is refused."""
    try:
        answer = await asyncio.to_thread(_answer, request)
    except DomainError as refused:
        return PlainTextResponse(refused.message, refused.http_status, PRIVATE)
    except DatabaseError:
        log.warning("audio.database_lost")
        return PlainTextResponse("The recording cannot be played at the moment.", 503, PRIVATE)
    return StreamingResponse(answer.pieces, answer.status, answer.headers)


def audio_routes() -> list[Route]:
    """What the live process serves beside events."""
    return [Route("/audio/{ticket}", audio, methods=["GET"], name="audio")]


def _answer(request: Request) -> Answer:
    asked = Asked(request.method, request.headers.get("range", ""), request.headers.get("if-range", ""))
    try:
        return answer_ticket(str(request.path_params["ticket"]), asked)
    finally:
        connections.close_all()
