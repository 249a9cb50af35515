"""The libraries that the product may use for OAuth, against the sandbox: how each is pointed here."""

from typing import Any
from urllib.parse import parse_qs, urlsplit, urlunsplit

import pytest
import requests

from sandbox.tests.client import SandboxClient
from sandbox.tests.oauth_client import CALENDAR, EMAIL, REDIRECT

GOOGLE_PAGE = "https://accounts.google.com/o/oauth2/v2/auth"
"""oauthlib refuses plain http here too: the finished address is led elsewhere by its beginning."""
SCOPES = [f"{CALENDAR}.events", f"{CALENDAR}.freebusy", "https://www.googleapis.com/auth/userinfo.email", "openid"]


class RebasedAdapter(requests.adapters.HTTPAdapter):
    """Leads requests for one host to another address."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.base = urlsplit(base)

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        parts = urlsplit(str(request.url))
        path = self.base.path.rstrip("/") + parts.path
        request.url = urlunsplit((self.base.scheme, self.base.netloc, path, parts.query, ""))
        kwargs["proxies"] = {}
        return super().send(request, *args, **kwargs)


def _press(sandbox: SandboxClient, address: str, decision: str = "allow") -> dict[str, str]:
    """Press a button on the consent page and return what comes back in the query."""
    parts = urlsplit(address.replace("https://accounts.google.com/", f"{sandbox.base_url}/google/"))
    answer = sandbox.http.post(f"{parts.path}?{parts.query}", data={"decision": decision, "email": EMAIL})
    assert answer.status_code == 302, answer.text
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def test_google_with_google_auth_oauthlib(sandbox: SandboxClient) -> None:
    flows = pytest.importorskip("google_auth_oauthlib.flow", reason="google-auth-oauthlib is not installed")
    transport = pytest.importorskip("google.auth.transport.requests", reason="google-auth is not installed")
    config = {
        "client_id": "client-1",
        "client_secret": "secret-1",
        "auth_uri": GOOGLE_PAGE,
        "token_uri": "https://oauth2.googleapis.com/token",
    }
    flow = flows.Flow.from_client_config({"web": config}, scopes=SCOPES, redirect_uri=REDIRECT)
    flow.oauth2session.mount("https://oauth2.googleapis.com/", RebasedAdapter(f"{sandbox.base_url}/google"))
    address, state = flow.authorization_url(access_type="offline", prompt="consent", include_granted_scopes="true")

    returned = _press(sandbox, address)
    assert returned["state"] == state
    flow.fetch_token(code=returned["code"])
    credentials = flow.credentials
    first = credentials.token
    session = requests.Session()
    session.trust_env = False
    session.mount("https://oauth2.googleapis.com/", RebasedAdapter(f"{sandbox.base_url}/google"))
    credentials.refresh(transport.Request(session))

    assert credentials.refresh_token
    assert credentials.token != first
    assert not credentials.expired
    sandbox.http.post("/sandbox/google/revoke", json={"email": EMAIL})
    exceptions = pytest.importorskip("google.auth.exceptions")
    with pytest.raises(exceptions.RefreshError) as refused:
        credentials.refresh(transport.Request(session))
    assert refused.value.args[1]["error"] == "invalid_grant"


def test_google_with_requests_oauthlib(sandbox: SandboxClient) -> None:
    library = pytest.importorskip("requests_oauthlib", reason="requests-oauthlib is not installed")
    session = library.OAuth2Session("client-1", redirect_uri=REDIRECT, scope=SCOPES, pkce="S256")
    session.trust_env = False
    session.mount("https://oauth2.googleapis.com/", RebasedAdapter(f"{sandbox.base_url}/google"))
    session.mount("https://www.googleapis.com/", RebasedAdapter(f"{sandbox.base_url}/google"))
    address, _ = session.authorization_url(GOOGLE_PAGE, access_type="offline", prompt="consent")

    code = _press(sandbox, address)["code"]
    token = session.fetch_token("https://oauth2.googleapis.com/token", code=code, client_secret="secret-1")

    assert token["refresh_token"]
    assert session.get("https://www.googleapis.com/oauth2/v3/userinfo").json()["email"] == EMAIL


@pytest.mark.filterwarnings("ignore:response_mode='form_post':UserWarning")
def test_microsoft_with_msal(sandbox: SandboxClient) -> None:
    msal = pytest.importorskip("msal", reason="msal is not installed")
    session = requests.Session()
    session.trust_env = False
    session.mount("https://login.microsoftonline.com/", RebasedAdapter(f"{sandbox.base_url}/microsoft"))
    application = msal.ConfidentialClientApplication(
        "client-1",
        client_credential="secret-1",
        authority="https://login.microsoftonline.com/common",
        instance_discovery=False,
        http_client=session,
    )
    flow = application.initiate_auth_code_flow(["Calendars.ReadWrite", "User.Read"], redirect_uri=REDIRECT)

    assert flow["auth_uri"].startswith(f"{sandbox.base_url}/microsoft/common/oauth2/v2.0/authorize?")
    result = application.acquire_token_by_auth_code_flow(flow, _press(sandbox, flow["auth_uri"]))
    assert result["id_token_claims"]["preferred_username"] == EMAIL
    again = application.acquire_token_by_refresh_token(result["refresh_token"], scopes=["Calendars.ReadWrite"])
    assert again["access_token"] != result["access_token"]
    assert again["refresh_token"] != result["refresh_token"]
    assert application.get_accounts(EMAIL)[0]["username"] == EMAIL

    sandbox.http.post("/sandbox/microsoft/revoke", json={"email": EMAIL})
    refused = application.acquire_token_by_refresh_token(again["refresh_token"], scopes=["Calendars.ReadWrite"])
    assert (refused["error"], refused["error_codes"]) == ("invalid_grant", [50173])


def test_msal_finds_the_cloud_with_instance_discovery_too(sandbox: SandboxClient) -> None:
    msal = pytest.importorskip("msal", reason="msal is not installed")
    session = requests.Session()
    session.trust_env = False
    session.mount("https://login.microsoftonline.com/", RebasedAdapter(f"{sandbox.base_url}/microsoft"))
    session.mount("https://login.microsoft.com/", RebasedAdapter(f"{sandbox.base_url}/microsoft"))

    application = msal.ConfidentialClientApplication("client-1", client_credential="secret-1", http_client=session)

    assert application.get_accounts("nobody@clinic.example") == []
