"""Microsoft's consent page and the documents that tell a client where everything is."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.forms import is_secure_address
from sandbox.microsoft.access import LOGIN, grants_of, unknown_scopes
from sandbox.oauth import pkce
from sandbox.oauth.consent import back_to, consent_page, post_back_to, read_decision, refusal_page
from sandbox.oauth.grants import Consent
from sandbox.state import sandbox_of
from sandbox.vapi.access import BAD_SUFFIX

RESPONSE_MODES = frozenset({"", "query", "form_post"})
DECLINED = "AADSTS65004: User declined to consent to access the app."


async def show(request: Request) -> Response:
    """Show the page, or what Microsoft shows for a request that makes no sense."""
    query = request.query_params
    if refused := _problem(query):
        return refused
    if query.get("prompt") == "none":
        error = {"error": "interaction_required", "error_description": "AADSTS50058: A silent sign-in was sent."}
        return _return(query, {**error, "state": query.get("state", "")})
    return consent_page("Microsoft", query, query["scope"].split())


async def decide(request: Request) -> Response:
    """Send the browser back with a code, or with access_denied."""
    query = request.query_params
    if refused := _problem(query):
        return refused
    asked = query["scope"].split()
    decision = await read_decision(request, asked)
    if decision is None:
        return consent_page("Microsoft", query, asked, error="Write the account as an email address.")
    state = query.get("state", "")
    if not decision.allowed or not decision.scopes:
        denied = {"error": "access_denied", "error_description": DECLINED, "error_subcode": "cancel", "state": state}
        return _return(query, denied)
    consent = Consent(
        client_id=query["client_id"],
        redirect_uri=query["redirect_uri"],
        email=decision.email,
        scopes=decision.scopes,
        challenge=query.get("code_challenge", ""),
        nonce=query.get("nonce", ""),
        offline="offline_access" in decision.scopes,
    )
    code = grants_of(sandbox_of(request)).issue_code(consent, prefix="M.C5")
    return _return(query, {"code": code, "state": state, "session_state": "sandbox"})


async def openid_configuration(request: Request) -> JSONResponse:
    """Tell where the endpoints are.

    The page is where the browser finds it, here; the others keep Microsoft's own addresses, because msal takes
    nothing but https: the client's HTTP session has to lead them here.
    """
    tenant = request.path_params["tenant"]
    login = f"{LOGIN}/{tenant}"
    return JSONResponse(
        {
            "issuer": f"{LOGIN}/{{tenantid}}/v2.0",
            "authorization_endpoint": f"{sandbox_of(request).base_url}/microsoft/{tenant}/oauth2/v2.0/authorize",
            "token_endpoint": f"{login}/oauth2/v2.0/token",
            "end_session_endpoint": f"{login}/oauth2/v2.0/logout",
            "jwks_uri": f"{login}/discovery/v2.0/keys",
            "userinfo_endpoint": "https://graph.microsoft.com/oidc/userinfo",
            "response_modes_supported": ["query", "form_post"],
            "response_types_supported": ["code"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["none"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "tenant_region_scope": None,
            "cloud_instance_name": "microsoftonline.com",
        }
    )


async def instance_discovery(request: Request) -> JSONResponse:
    """Tell which names Microsoft's cloud goes by."""
    tenant = "common"
    cloud = {
        "preferred_network": "login.microsoftonline.com",
        "preferred_cache": "login.windows.net",
        "aliases": ["login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"],
    }
    endpoint = f"{LOGIN}/{tenant}/v2.0/.well-known/openid-configuration"
    return JSONResponse({"tenant_discovery_endpoint": endpoint, "api-version": "1.1", "metadata": [cloud]})


async def keys(_request: Request) -> JSONResponse:
    """Return the signing keys: none, identity tokens are not signed here."""
    return JSONResponse({"keys": []})


def consent_routes() -> list[Route]:
    """Return the routes of consent and discovery."""
    return [
        Route("/common/discovery/instance", instance_discovery, methods=["GET"]),
        Route("/{tenant}/oauth2/v2.0/authorize", show, methods=["GET"]),
        Route("/{tenant}/oauth2/v2.0/authorize", decide, methods=["POST"]),
        Route("/{tenant}/v2.0/.well-known/openid-configuration", openid_configuration, methods=["GET"]),
        # msal's default authority ends in a slash, which doubles here
        Route("/{tenant}//v2.0/.well-known/openid-configuration", openid_configuration, methods=["GET"]),
        Route("/{tenant}/discovery/v2.0/keys", keys, methods=["GET"]),
    ]


def _return(query: Mapping[str, str], values: Mapping[str, str]) -> Response:
    send_back = post_back_to if query.get("response_mode") == "form_post" else back_to
    return send_back(query["redirect_uri"], values)


def _problem(query: Mapping[str, str]) -> Response | None:
    """Return the page for the first thing that is wrong with a request, None when it is well."""
    for name in ("client_id", "redirect_uri", "response_type", "scope"):
        if not query.get(name):
            return _blocked(900144, f"The request must contain the following parameter: '{name}'.")
    if query["client_id"].endswith(BAD_SUFFIX):
        return _blocked(700016, f"Application with identifier '{query['client_id']}' was not found in the directory.")
    if not is_secure_address(query["redirect_uri"]) or "#" in query["redirect_uri"]:
        return _blocked(50011, f"The redirect URI '{query['redirect_uri']}' does not match the ones configured.")
    return _choice_problem(query)


def _choice_problem(query: Mapping[str, str]) -> Response | None:
    if query["response_type"] != "code":
        return _blocked(70005, f"response_type '{query['response_type']}' is not supported for the application.")
    if query.get("response_mode", "") not in RESPONSE_MODES:
        return _blocked(70007, f"'{query['response_mode']}' is not a supported value of 'response_mode' here.")
    if unknown := unknown_scopes(query["scope"].split()):
        return _blocked(70011, f"The scope {' '.join(unknown)} is not valid.")
    challenge = query.get("code_challenge", "")
    if challenge and query.get("code_challenge_method") != "S256":
        return _blocked(501491, "Invalid size of Code_Challenge parameter: the sandbox takes method S256 only.")
    if challenge and not pkce.is_challenge(challenge):
        return _blocked(501491, "Invalid size of Code_Challenge parameter.")
    return None


def _blocked(number: int, detail: str) -> Response:
    return refusal_page("Microsoft", f"AADSTS{number}", detail)
