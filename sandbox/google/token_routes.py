"""Google's tokens: redeem a code, refresh, revoke, tell whose they are."""

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox import clock
from sandbox.forms import read_form
from sandbox.google.access import EMAIL, PROFILE, expand, grants_of, require_access
from sandbox.json_types import JsonObject
from sandbox.oauth import pkce
from sandbox.oauth.clients import read_token_form
from sandbox.oauth.grants import ACTIVE, Grants
from sandbox.oauth.tokens import unsigned_jwt
from sandbox.refusals import Refusal
from sandbox.state import sandbox_of
from sandbox.vapi.access import BAD_SUFFIX

LIFETIME_S = 3599
ISSUER = "https://accounts.google.com"


async def token(request: Request) -> JSONResponse:
    """Give out tokens for a code or a refresh token."""
    form, grants = await read_token_form(request), grants_of(sandbox_of(request))
    _check_client(form)
    kind = form.get("grant_type", "")
    if kind == "authorization_code":
        answer = _redeem(grants, form)
    elif kind == "refresh_token":
        answer = _refresh(grants, form)
    else:
        raise _refused("unsupported_grant_type", f"Invalid grant_type: {kind}")
    return JSONResponse(answer, headers={"Cache-Control": "no-cache, no-store, max-age=0, must-revalidate"})


async def revoke(request: Request) -> JSONResponse:
    """End the grant that a token belongs to; the token may be in the query or in the form."""
    form = await read_form(request)
    given = form.get("token") or request.query_params.get("token", "")
    if not grants_of(sandbox_of(request)).revoke_token(given):
        raise _refused("invalid_token", "Token expired or revoked")
    return JSONResponse({})


async def userinfo(request: Request) -> JSONResponse:
    """Tell whose token it is."""
    access = require_access(request, frozenset({"openid", EMAIL, PROFILE}))
    subject = subject_of(access.email)
    old = "/v2/" in request.url.path
    told: JsonObject = {"id" if old else "sub": subject}
    if EMAIL in access.scopes:
        told |= {"email": access.email, "verified_email" if old else "email_verified": True}
    if PROFILE in access.scopes:
        told |= {"name": access.email.split("@")[0].title(), "picture": ""}
    return JSONResponse(told)


def token_routes() -> list[Route]:
    """Return the routes of tokens."""
    return [
        Route("/token", token, methods=["POST"]),
        Route("/revoke", revoke, methods=["POST"]),
        Route("/oauth2/v3/userinfo", userinfo, methods=["GET", "POST"]),
        Route("/oauth2/v2/userinfo", userinfo, methods=["GET"]),
        Route("/oauth2/v1/userinfo", userinfo, methods=["GET"]),
        Route("/v1/userinfo", userinfo, methods=["GET"]),
    ]


def subject_of(email: str) -> str:
    """Return the number that stands for an account: always the same for an address."""
    return str(10**20 + int.from_bytes(email.encode()[-8:].rjust(8, b"\0")))


def _check_client(form: dict[str, str]) -> None:
    if not form.get("client_id"):
        raise _refused("invalid_request", "Could not determine client ID from request.")
    if form["client_id"].endswith(BAD_SUFFIX):
        raise _refused("invalid_client", "The OAuth client was not found.", status_code=401)
    if not form.get("client_secret"):
        raise _refused("invalid_request", "client_secret is missing.")
    if form["client_secret"].endswith(BAD_SUFFIX):
        raise _refused("invalid_client", "Unauthorized", status_code=401)


def _redeem(grants: Grants, form: dict[str, str]) -> JsonObject:
    code = grants.find_code(form.get("code", ""))
    if code is None:
        raise _refused("invalid_grant", "Malformed auth code.")
    if code["client_id"] != form["client_id"]:
        raise _refused("unauthorized_client", "Unauthorized", status_code=401)
    if code["used"] or code["expires_ms"] < clock.epoch_ms():
        raise _refused("invalid_grant", "Bad Request")
    if code["redirect_uri"] != form.get("redirect_uri"):
        raise _refused("redirect_uri_mismatch", "Bad Request")
    _check_verifier(code["challenge"], form.get("code_verifier", ""))
    grant, scopes = grants.use_code(code), list(code["scopes"])
    answer = _access(grants, grant, scopes)
    if code["offline"]:
        answer["refresh_token"] = grants.issue_refresh(grant, scopes, prefix="1//0")
    if "openid" in scopes:
        answer["id_token"] = _identity(form["client_id"], code)
    return answer


def _check_verifier(challenge: str, verifier: str) -> None:
    if challenge and not verifier:
        raise _refused("invalid_grant", "Missing code verifier.")
    if verifier and not challenge:
        raise _refused("invalid_grant", "code_verifier or verifier is not needed.")
    if challenge and not pkce.fits(verifier, challenge):
        raise _refused("invalid_grant", "Invalid code verifier.")


def _refresh(grants: Grants, form: dict[str, str]) -> JsonObject:
    if not form.get("refresh_token"):
        raise _refused("invalid_request", "Missing required parameter: refresh_token")
    found = grants.find_refresh(form["refresh_token"])
    if found is None:
        raise _refused("invalid_grant", "Bad Request")
    if found["grant"]["client_id"] != form["client_id"]:
        raise _refused("unauthorized_client", "Unauthorized", status_code=401)
    if found["grant"]["status"] != ACTIVE:
        raise _refused("invalid_grant", "Token has been expired or revoked.")
    granted = list(found["scopes"])
    wanted = expand(form["scope"].split()) if form.get("scope") else granted
    if not set(wanted) <= set(granted):
        raise _refused("invalid_scope", "Some requested scopes were invalid.")
    return _access(grants, found["grant"], wanted)


def _access(grants: Grants, grant: JsonObject, scopes: list[str]) -> JsonObject:
    return {
        "access_token": grants.issue_access(grant, scopes, lifetime_s=LIFETIME_S, prefix="ya29."),
        "expires_in": LIFETIME_S,
        "scope": " ".join(scopes),
        "token_type": "Bearer",
    }


def _identity(client_id: str, code: JsonObject) -> str:
    now = clock.epoch_ms() // 1000
    claims: JsonObject = {
        "iss": ISSUER,
        "azp": client_id,
        "aud": client_id,
        "sub": subject_of(code["email"]),
        "iat": now,
        "exp": now + 3600,
    }
    if EMAIL in code["scopes"]:
        claims |= {"email": code["email"], "email_verified": True}
    return unsigned_jwt(claims | ({"nonce": code["nonce"]} if code["nonce"] else {}))


def _refused(error: str, description: str, *, status_code: int = 400) -> Refusal:
    return Refusal(status_code, {"error": error, "error_description": description})
