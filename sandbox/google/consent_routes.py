"""Google's consent page: /o/oauth2/v2/auth."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.forms import is_secure_address
from sandbox.google.access import KNOWN, expand, grants_of
from sandbox.oauth import pkce
from sandbox.oauth.consent import back_to, consent_page, read_decision, refusal_page
from sandbox.oauth.grants import Consent
from sandbox.state import sandbox_of
from sandbox.vapi.access import BAD_SUFFIX

PROMPTS = frozenset({"none", "consent", "select_account"})


async def show(request: Request) -> Response:
    """Show the page, or what Google shows for a request that makes no sense."""
    query = request.query_params
    if refused := _problem(query):
        return refused
    if "none" in query.get("prompt", "").split():
        return back_to(query["redirect_uri"], {"error": "interaction_required", "state": query.get("state", "")})
    return consent_page("Google", query, expand(query["scope"].split()))


async def decide(request: Request) -> Response:
    """Send the browser back with a code, or with access_denied."""
    query = request.query_params
    if refused := _problem(query):
        return refused
    asked = expand(query["scope"].split())
    decision = await read_decision(request, asked)
    if decision is None:
        return consent_page("Google", query, asked, error="Write the account as an email address.")
    state = query.get("state", "")
    if not decision.allowed or not decision.scopes:
        return back_to(query["redirect_uri"], {"error": "access_denied", "state": state})
    grants, scopes = grants_of(sandbox_of(request)), decision.scopes
    known = grants.active(query["client_id"], decision.email)
    if known and query.get("include_granted_scopes") == "true":
        scopes = list(dict.fromkeys([*scopes, *known["scopes"]]))
    first = known is None or not grants.has_refresh(known)
    consent = Consent(
        client_id=query["client_id"],
        redirect_uri=query["redirect_uri"],
        email=decision.email,
        scopes=scopes,
        challenge=query.get("code_challenge", ""),
        nonce=query.get("nonce", ""),
        offline=query.get("access_type") == "offline" and (first or "consent" in query.get("prompt", "").split()),
    )
    code = grants.issue_code(consent, prefix="4/0A")
    returned = {"state": state, "code": code, "scope": " ".join(scopes), "authuser": "0", "prompt": "consent"}
    return back_to(query["redirect_uri"], returned)


def consent_routes() -> list[Route]:
    """Return the routes of the consent page."""
    return [
        Route("/o/oauth2/v2/auth", show, methods=["GET"]),
        Route("/o/oauth2/v2/auth", decide, methods=["POST"]),
        Route("/o/oauth2/auth", show, methods=["GET"]),
        Route("/o/oauth2/auth", decide, methods=["POST"]),
    ]


def _problem(query: Mapping[str, str]) -> Response | None:
    """Return the page for the first thing that is wrong with a request, None when it is well."""
    for name in ("client_id", "redirect_uri", "response_type", "scope"):
        if not query.get(name):
            return _blocked("invalid_request", f"Missing required parameter: {name}")
    if query["client_id"].endswith(BAD_SUFFIX):
        return _blocked("invalid_client", "The OAuth client was not found.", status_code=401)
    if not is_secure_address(query["redirect_uri"]) or "#" in query["redirect_uri"]:
        return _blocked("redirect_uri_mismatch", f"The redirect URI {query['redirect_uri']} cannot be registered.")
    if query["response_type"] != "code":
        return _blocked("unsupported_response_type", f"Invalid response_type: {query['response_type']}")
    if unknown := [scope for scope in expand(query["scope"].split()) if scope not in KNOWN]:
        return _blocked("invalid_scope", f"Some requested scopes were invalid. {{invalid={unknown}}}")
    return _choice_problem(query) or _challenge_problem(query)


def _choice_problem(query: Mapping[str, str]) -> Response | None:
    if query.get("access_type", "online") not in {"online", "offline"}:
        return _blocked("invalid_request", f"Invalid parameter value for access_type: {query['access_type']}")
    prompts = set(query.get("prompt", "").split())
    if not prompts <= PROMPTS or ("none" in prompts and len(prompts) > 1):
        return _blocked("invalid_request", f"Invalid parameter value for prompt: {query['prompt']}")
    return None


def _challenge_problem(query: Mapping[str, str]) -> Response | None:
    challenge, method = query.get("code_challenge", ""), query.get("code_challenge_method", "plain")
    if not challenge:
        return None
    if method != "S256":
        return _blocked("invalid_request", "The sandbox takes code_challenge_method S256 only.")
    if not pkce.is_challenge(challenge):
        return _blocked("invalid_request", "Invalid parameter value for code_challenge: Length must be 43.")
    return None


def _blocked(error: str, detail: str, *, status_code: int = 400) -> Response:
    return refusal_page("Google", f"Error {status_code}: {error}", detail, status_code=status_code)
