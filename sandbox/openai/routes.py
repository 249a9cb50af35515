"""OpenAI's embeddings: real dimensions, its limits, its words."""

import base64
from array import array

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from sandbox.json_types import JsonObject, JsonValue, parse_object
from sandbox.openai.tokens import count_tokens
from sandbox.openai.vectors import embed
from sandbox.refusals import Refusal, openai_body
from sandbox.vapi.access import BAD_SUFFIX

MODELS = {"text-embedding-3-small": 1536, "text-embedding-3-large": 3072, "text-embedding-ada-002": 1536}
"""Models that OpenAI has, with their dimensions. Only the first is spoken here."""
SPOKEN = "text-embedding-3-small"
KNOWN = frozenset({"input", "model", "dimensions", "encoding_format", "user"})
MAX_INPUTS = 2048
MAX_TOKENS_AN_INPUT = 8192
MAX_TOKENS = 300_000
INVALID_INPUT = "'$.input' is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference."


def refusal(status: int, message: str, *, code: str | None = None, param: str | None = None, kind: str = "") -> Refusal:
    """Return a refusal in OpenAI's form."""
    return Refusal(status, openai_body(message, kind=kind or "invalid_request_error", param=param, code=code))


async def embeddings(request: Request) -> JSONResponse:
    """Return a vector for every input, in order."""
    _require_key(request)
    body = parse_object(await request.body())
    if body is None:
        raise refusal(400, "We could not parse the JSON body of your request.")
    model, texts = _model(body), _inputs(body)
    dimensions, form = _dimensions(body), body.get("encoding_format", "float")
    if form not in {"float", "base64"}:
        message = f"Invalid value: '{form}'. Supported values are: 'float' and 'base64'."
        raise refusal(400, message, code="invalid_value", param="encoding_format")
    tokens = _tokens(texts)
    data = [
        {"object": "embedding", "index": index, "embedding": _written(embed(text, dimensions), form)}
        for index, text in enumerate(texts)
    ]
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return JSONResponse({"object": "list", "data": data, "model": model, "usage": usage})


async def unknown_route(request: Request) -> JSONResponse:
    """Answer a path that the sandbox does not speak, as OpenAI does."""
    message = f"Invalid URL ({request.method} {request.url.path.removeprefix('/openai')})"
    return JSONResponse(openai_body(message, kind="invalid_request_error"), status_code=404)


def openai_mount() -> Mount:
    """Return everything under /openai."""
    return Mount(
        "/openai",
        routes=[
            Route("/v1/embeddings", embeddings, methods=["POST"]),
            Route("/{path:path}", unknown_route, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
        ],
    )


def _require_key(request: Request) -> None:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    key = key.strip()
    if scheme.lower() != "bearer" or not key:
        message = (
            "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer "
            "auth (i.e. Authorization: Bearer YOUR_KEY)."
        )
        raise refusal(401, message)
    if key.lower().endswith(BAD_SUFFIX):
        message = (
            f"Incorrect API key provided: {key[:3]}***{key[-3:]}. You can find your API key at "
            "https://platform.openai.com/account/api-keys."
        )
        raise refusal(401, message, code="invalid_api_key")


def _model(body: JsonObject) -> str:
    unknown = sorted(body.keys() - KNOWN)
    if unknown:
        raise refusal(400, f"Unrecognized request argument supplied: {unknown[0]}")
    model = body.get("model")
    if not isinstance(model, str) or not model:
        raise refusal(400, "you must provide a model parameter")
    if model != SPOKEN:
        message = f"The model `{model}` does not exist or you do not have access to it."
        raise refusal(404, message, code="model_not_found")
    return model


def _inputs(body: JsonObject) -> list[str]:
    given: JsonValue = body.get("input")
    many = [given] if isinstance(given, str) else given
    if not isinstance(many, list) or not many or not all(isinstance(text, str) and text for text in many):
        raise refusal(400, INVALID_INPUT)
    if len(many) > MAX_INPUTS:
        message = (
            f"Invalid 'input': array too long. Expected an array with maximum length {MAX_INPUTS}, but got an array "
            f"with length {len(many)} instead."
        )
        raise refusal(400, message, code="array_above_max_length", param="input")
    return many


def _dimensions(body: JsonObject) -> int:
    wanted, most = body.get("dimensions", MODELS[SPOKEN]), MODELS[SPOKEN]
    if not isinstance(wanted, int) or isinstance(wanted, bool) or not 1 <= wanted <= most:
        message = f"Invalid value for 'dimensions' = {wanted}. Must be between 1 and {most}."
        raise refusal(400, message, param="dimensions")
    return wanted


def _tokens(texts: list[str]) -> int:
    counts = [count_tokens(text) for text in texts]
    longest, total = max(counts), sum(counts)
    if longest > MAX_TOKENS_AN_INPUT:
        message = (
            f"This model's maximum context length is {MAX_TOKENS_AN_INPUT} tokens, however you requested {longest} "
            f"tokens ({longest} in your prompt; 0 for the completion). Please reduce your prompt; or completion length."
        )
        raise refusal(400, message)
    if total > MAX_TOKENS:
        kind = "max_tokens_per_request"
        message = f"Requested {total} tokens, max {MAX_TOKENS} tokens per request"
        raise refusal(400, message, code=kind, kind=kind)
    return total


def _written(vector: "array[float]", form: str) -> list[float] | str:
    return base64.b64encode(vector.tobytes()).decode() if form == "base64" else vector.tolist()
