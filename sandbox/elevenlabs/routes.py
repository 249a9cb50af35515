"""ElevenLabs' account, voices and speech."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from sandbox.elevenlabs.silence import FORMATS, silence
from sandbox.json_types import JsonObject, parse_object
from sandbox.refusals import Refusal
from sandbox.vapi.access import BAD_SUFFIX

LIMITED = "limited"
MAX_TEXT = 5000
CHARACTERS_A_SECOND = 15
VOICES = {
    "21m00Tcm4TlvDq8ikWAM": ("Rachel", "female", "american"),
    "EXAVITQu4vr4xnSDxMaL": ("Sarah", "female", "british"),
    "JBFqnCBsd6RMkjVDRZzb": ("George", "male", "british"),
    "onwK4e9ZLuTAKqWW03F9": ("Daniel", "male", "british"),
}


def refusal(status: int, kind: str, message: str) -> Refusal:
    """Return a refusal in ElevenLabs' form."""
    return Refusal(status, {"detail": {"status": kind, "message": message}})


def require_key(request: Request, permission: str = "") -> str:
    """Return the key. One that ends in `bad` is refused; one that ends in `limited` may speak and nothing else."""
    key = request.headers.get("xi-api-key", "").strip()
    if not key:
        message = "Neither authorization header nor xi-api-key received, please provide one."
        raise refusal(401, "needs_authorization", message)
    if key.lower().endswith(BAD_SUFFIX):
        raise refusal(401, "invalid_api_key", "Invalid API key")
    if permission and key.lower().endswith(LIMITED):
        message = f"The API key you used is missing the permission {permission} to execute this operation."
        raise refusal(401, "missing_permissions", message)
    return key


async def user(request: Request) -> JSONResponse:
    """Return the account that a key belongs to."""
    require_key(request, "user_read")
    return JSONResponse(
        {
            "user_id": "sandboxuser",
            "subscription": _subscription(),
            "is_onboarding_completed": True,
            "is_new_user": False,
            "can_use_delayed_payment_methods": False,
            "first_name": "Sandbox",
        }
    )


async def subscription(request: Request) -> JSONResponse:
    """Return what the account may use."""
    require_key(request, "user_read")
    return JSONResponse(_subscription())


async def voices(request: Request) -> JSONResponse:
    """List voices."""
    require_key(request, "voices_read")
    return JSONResponse({"voices": [_voice(identity) for identity in VOICES]})


async def voice(request: Request) -> JSONResponse:
    """Return one voice."""
    require_key(request, "voices_read")
    return JSONResponse(_voice(_known(request)))


async def speak(request: Request) -> Response:
    """Return silence as long as the text would take to say."""
    require_key(request)
    _known(request)
    body = parse_object(await request.body()) or {}
    text = body.get("text")
    if not isinstance(text, str) or not text:
        problem = {"type": "missing", "loc": ["body", "text"], "msg": "Field required"}
        raise Refusal(422, {"detail": [problem]})
    if len(text) > MAX_TEXT:
        raise refusal(400, "max_character_limit_exceeded", f"A maximum of {MAX_TEXT} characters is allowed.")
    wanted = request.query_params.get("output_format", "mp3_44100_128")
    kind = wanted.split("_")[0]
    if kind not in FORMATS:
        raise refusal(400, "invalid_output_format", f"Invalid output format: {wanted}")
    audio = silence(wanted, seconds=max(1.0, len(text) / CHARACTERS_A_SECOND))
    return Response(audio, media_type=FORMATS[kind], headers={"character-cost": str(len(text))})


async def unknown_route(_request: Request) -> JSONResponse:
    """Answer a path that the sandbox does not speak, as FastAPI does."""
    return JSONResponse({"detail": "Not Found"}, status_code=404)


def elevenlabs_mount() -> Mount:
    """Return everything under /elevenlabs."""
    return Mount(
        "/elevenlabs",
        routes=[
            Route("/v1/user", user, methods=["GET"]),
            Route("/v1/user/subscription", subscription, methods=["GET"]),
            Route("/v1/voices", voices, methods=["GET"]),
            Route("/v1/voices/{identity}", voice, methods=["GET"]),
            Route("/v1/text-to-speech/{identity}", speak, methods=["POST"]),
            Route("/v1/text-to-speech/{identity}/stream", speak, methods=["POST"]),
            Route("/{path:path}", unknown_route, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
        ],
    )


def _known(request: Request) -> str:
    identity = str(request.path_params["identity"])
    if identity not in VOICES:
        raise refusal(404, "voice_not_found", f"A voice with the voice_id {identity} was not found.")
    return identity


def _voice(identity: str) -> JsonObject:
    name, gender, accent = VOICES[identity]
    return {
        "voice_id": identity,
        "name": name,
        "category": "premade",
        "labels": {"gender": gender, "accent": accent},
        "preview_url": None,
        "settings": None,
    }


def _subscription() -> JsonObject:
    return {
        "tier": "creator",
        "character_count": 0,
        "character_limit": 100_000,
        "can_extend_character_limit": False,
        "status": "active",
        "voice_limit": 30,
        "next_character_count_reset_unix": None,
    }
