"""Microsoft's token endpoint: redeem a code, refresh with a new refresh token each time."""

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox import clock
from sandbox.json_types import JsonObject
from sandbox.microsoft.access import IDENTITY, LOGIN, TENANT, aadsts, bare, grants_of, object_id
from sandbox.oauth import pkce
from sandbox.oauth.clients import read_token_form
from sandbox.oauth.grants import ACTIVE, Grants
from sandbox.oauth.tokens import encode_segment, unsigned_jwt
from sandbox.state import sandbox_of
from sandbox.vapi.access import BAD_SUFFIX

LIFETIME_S = 3599


async def token(request: Request) -> JSONResponse:
    """Give out tokens for a code or a refresh token."""
    form = await read_token_form(request)
    grants = grants_of(sandbox_of(request))
    _check_client(form)
    kind = form.get("grant_type", "")
    if kind == "authorization_code":
        answer = _redeem(grants, form)
    elif kind == "refresh_token":
        answer = _refresh(grants, form)
    else:
        raise aadsts(400, "unsupported_grant_type", 70003, f"The app requested an unsupported grant type '{kind}'.")
    return JSONResponse(answer, headers={"Cache-Control": "no-store, no-cache"})


def token_routes() -> list[Route]:
    """Return the route of tokens."""
    return [Route("/{tenant}/oauth2/v2.0/token", token, methods=["POST"])]


def _check_client(form: dict[str, str]) -> None:
    if not form.get("client_id"):
        raise aadsts(
            400, "invalid_request", 900144, "The request body must contain the following parameter: 'client_id'."
        )
    if form["client_id"].endswith(BAD_SUFFIX):
        raise aadsts(400, "unauthorized_client", 700016, "Application was not found in the directory.")
    if not form.get("client_secret"):
        sentence = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."
        raise aadsts(401, "invalid_client", 7000218, sentence)
    if form["client_secret"].endswith(BAD_SUFFIX):
        raise aadsts(401, "invalid_client", 7000215, "Invalid client secret provided.")


def _redeem(grants: Grants, form: dict[str, str]) -> JsonObject:
    code = grants.find_code(form.get("code", ""))
    if code is None or code["client_id"] != form["client_id"]:
        raise aadsts(400, "invalid_grant", 9002313, "Invalid request. Request is malformed or invalid.")
    if code["used"]:
        sentence = "OAuth2 Authorization code was already redeemed, please retry with a new valid code."
        raise aadsts(400, "invalid_grant", 54005, sentence)
    if code["expires_ms"] < clock.epoch_ms():
        raise aadsts(400, "invalid_grant", 70008, "The provided authorization code or refresh token has expired.")
    if code["redirect_uri"] != form.get("redirect_uri"):
        sentence = "The reply address does not match the reply address provided when requesting Authorization code."
        raise aadsts(400, "invalid_grant", 500112, sentence)
    _check_verifier(code["challenge"], form.get("code_verifier", ""))
    grant = grants.use_code(code)
    return _tokens(grants, grant, list(code["scopes"]), form, nonce=code["nonce"])


def _check_verifier(challenge: str, verifier: str) -> None:
    if challenge and not verifier:
        sentence = "Proof Key for Code Exchange is required for cross-origin authorization code redemption."
        raise aadsts(400, "invalid_request", 9002325, sentence)
    if challenge and not pkce.fits(verifier, challenge):
        sentence = "The Code_Verifier does not match the code_challenge supplied in the authorization request."
        raise aadsts(400, "invalid_grant", 501481, sentence)


def _refresh(grants: Grants, form: dict[str, str]) -> JsonObject:
    found = grants.find_refresh(form.get("refresh_token", ""))
    if found is None or found["grant"]["client_id"] != form["client_id"]:
        raise aadsts(400, "invalid_grant", 9002313, "Invalid request. Request is malformed or invalid.")
    if found["grant"]["status"] != ACTIVE:
        sentence = "The provided grant has expired due to it being revoked, a fresh auth token is needed."
        raise aadsts(400, "invalid_grant", 50173, sentence)
    granted = list(found["scopes"])
    wanted = [scope for scope in form.get("scope", "").split() if bare(scope) not in IDENTITY]
    held = {bare(scope) for scope in granted}
    if any(bare(scope) not in held | {".default"} for scope in wanted):
        raise aadsts(400, "invalid_grant", 65001, "The user or administrator has not consented to use the application.")
    return _tokens(grants, found["grant"], granted, form)


def _tokens(
    grants: Grants, grant: JsonObject, scopes: list[str], form: dict[str, str], *, nonce: str = ""
) -> JsonObject:
    shown = [scope for scope in scopes if bare(scope) != "offline_access"]
    answer: JsonObject = {
        "token_type": "Bearer",
        "scope": " ".join(shown),
        "expires_in": LIFETIME_S,
        "ext_expires_in": LIFETIME_S,
        "access_token": grants.issue_access(grant, scopes, lifetime_s=LIFETIME_S, prefix="EwB"),
    }
    if "offline_access" in scopes:
        answer["refresh_token"] = grants.issue_refresh(grant, scopes, prefix="M.C5")
    if "openid" in scopes:
        answer["id_token"] = _identity(form["client_id"], grant["email"], nonce)
    if form.get("client_info"):
        answer["client_info"] = encode_segment({"uid": object_id(grant["email"]), "utid": TENANT})
    return answer


def _identity(client_id: str, email: str, nonce: str) -> str:
    now = clock.epoch_ms() // 1000
    return unsigned_jwt(
        {
            "ver": "2.0",
            "iss": f"{LOGIN}/{TENANT}/v2.0",
            "sub": object_id(email),
            "oid": object_id(email),
            "tid": TENANT,
            "aud": client_id,
            "iat": now,
            "nbf": now,
            "exp": now + 3600,
            "name": email.split("@", maxsplit=1)[0].title(),
            "preferred_username": email,
            "email": email,
            **({"nonce": nonce} if nonce else {}),
        }
    )
