"""`POST /sandbox/rehearsals`: play one scenario against an assistant, and answer with the transcript."""

import random

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.calls.postman import Postman
from sandbox.control_errors import ControlError, read_body
from sandbox.json_types import JsonObject, as_object
from sandbox.rehearsals.scripts import SCRIPTS
from sandbox.rehearsals.talk import NoLedger, Talk
from sandbox.vapi.shapes import HTTP_URL
from sandbox.web_client import WebClient

FIELDS = frozenset({"assistant", "scenario", "seed", "facts"})


async def rehearse(request: Request) -> JSONResponse:
    """Play a rehearsal to its end: 200 with what was said and every tool's answer."""
    body = await read_body(request)
    if unknown := sorted(set(body) - FIELDS):
        raise ControlError(f"Unknown fields: {', '.join(unknown)}.")
    script = SCRIPTS.get(str(body.get("scenario")))
    if script is None:
        raise ControlError(f"There is no scenario {body.get('scenario')}. Choose from: {', '.join(SCRIPTS)}.")
    assistant, facts, rng = _assistant(body), as_object(body.get("facts")), random.Random(_seed(body))
    client = WebClient()
    talk = Talk(assistant, facts, rng=rng, postman=Postman(client, NoLedger()))
    try:
        await script(talk)
    finally:
        await client.close()
    return JSONResponse({"scenario": body["scenario"], "seed": _seed(body), **talk.account()})


def rehearsal_routes() -> list[Route]:
    """Return what lies under /sandbox/rehearsals."""
    return [Route("/rehearsals", rehearse, methods=["POST"])]


def _assistant(body: JsonObject) -> JsonObject:
    assistant = as_object(body.get("assistant"))
    if not isinstance(assistant.get("model"), dict):
        raise ControlError("assistant must be a whole assistant, with its model.")
    if not HTTP_URL.match(str(as_object(assistant.get("server")).get("url"))):
        raise ControlError("assistant.server.url must say who answers its tools.")
    return assistant


def _seed(body: JsonObject) -> int:
    seed = body.get("seed", 0)
    if isinstance(seed, bool) or not isinstance(seed, int):
        raise ControlError("seed must be a whole number.")
    return seed
