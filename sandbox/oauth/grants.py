"""Codes, grants and tokens of one provider, kept over a restart."""

import secrets
from dataclasses import asdict, dataclass

from sandbox import clock
from sandbox.json_types import JsonObject
from sandbox.resources import Resources, Selection

CODE_LIFETIME_S = 600
ACTIVE, REVOKED = "active", "revoked"


@dataclass(frozen=True)
class Consent:
    """What a person agreed to on the consent page, and what the code is bound to."""

    client_id: str
    redirect_uri: str
    email: str
    scopes: list[str]
    challenge: str = ""
    nonce: str = ""
    offline: bool = False


@dataclass(frozen=True)
class Access:
    """What an access token opens."""

    email: str
    scopes: frozenset[str]
    grant_id: str


class Grants:
    """The grants of one provider. A grant is one person's consent to one client."""

    def __init__(self, resources: Resources, provider: str) -> None:
        """Keep them among the resources, their kinds named after the provider."""
        self._resources = resources
        self._provider = provider

    def issue_code(self, consent: Consent, *, prefix: str = "") -> str:
        """Return a code that can be redeemed once, within ten minutes."""
        code = prefix + secrets.token_urlsafe(48)
        body = {"id": code, **asdict(consent), "used": False, "expires_ms": _in(CODE_LIFETIME_S)}
        self._resources.insert(self._kind("code"), consent.email, body)
        return code

    def find_code(self, code: str) -> JsonObject | None:
        """Return a code, used and expired ones too."""
        return self._resources.find(self._kind("code"), code)

    def use_code(self, code: JsonObject) -> JsonObject:
        """Mark a code as redeemed and return the grant that it opens."""
        self._resources.replace(self._kind("code"), {**code, "used": True})
        return self.remember(code["client_id"], code["email"], code["scopes"])

    def remember(self, client_id: str, email: str, scopes: list[str]) -> JsonObject:
        """Return the active grant of a person to a client, widened by these scopes; a new one when there is none."""
        known = self.active(client_id, email)
        if known is None:
            body = {"client_id": client_id, "email": email, "scopes": sorted(scopes), "status": ACTIVE}
            return self._resources.insert(self._kind("grant"), email, body)
        return self._resources.replace(self._kind("grant"), {**known, "scopes": sorted({*known["scopes"], *scopes})})

    def active(self, client_id: str, email: str) -> JsonObject | None:
        """Return the grant of a person to a client if there is one."""
        equals = {"client_id": client_id, "email": email, "status": ACTIVE}
        found = self._resources.select(self._kind("grant"), Selection(limit=1, equals=equals))
        return found[0] if found else None

    def grant(self, grant_id: str) -> JsonObject:
        """Return a grant by its id."""
        found = self._resources.find(self._kind("grant"), grant_id)
        if found is None:
            raise LookupError(grant_id)
        return found

    def all(self) -> list[JsonObject]:
        """Return every grant, newest first."""
        return self._resources.select(self._kind("grant"), Selection(limit=-1))

    def issue_access(self, grant: JsonObject, scopes: list[str], *, lifetime_s: int, prefix: str = "") -> str:
        """Return a new access token."""
        token = prefix + secrets.token_urlsafe(60)
        body = {"id": token, "grant_id": grant["id"], "scopes": scopes, "expires_ms": _in(lifetime_s)}
        self._resources.insert(self._kind("access"), grant["email"], body)
        return token

    def issue_refresh(self, grant: JsonObject, scopes: list[str], *, prefix: str = "") -> str:
        """Return a new refresh token."""
        token = prefix + secrets.token_urlsafe(60)
        self._resources.insert(
            self._kind("refresh"), grant["email"], {"id": token, "grant_id": grant["id"], "scopes": scopes}
        )
        return token

    def has_refresh(self, grant: JsonObject) -> bool:
        """Whether a refresh token was ever given out for a grant."""
        equals = {"grant_id": grant["id"]}
        return bool(self._resources.select(self._kind("refresh"), Selection(limit=1, equals=equals)))

    def find_refresh(self, token: str) -> JsonObject | None:
        """Return a refresh token's record, with its grant's whole record under `grant`."""
        found = self._resources.find(self._kind("refresh"), token)
        return {**found, "grant": self.grant(found["grant_id"])} if found else None

    def find_access(self, token: str) -> Access | None:
        """Return what an access token opens; None when it is unknown, expired or revoked."""
        found = self._resources.find(self._kind("access"), token)
        if found is None or found["expires_ms"] < clock.epoch_ms():
            return None
        grant = self.grant(found["grant_id"])
        if grant["status"] != ACTIVE:
            return None
        return Access(email=grant["email"], scopes=frozenset(found["scopes"]), grant_id=grant["id"])

    def revoke_token(self, token: str) -> bool:
        """Revoke the whole grant that a token belongs to; return whether there was such a token."""
        for kind in ("refresh", "access"):
            found = self._resources.find(self._kind(kind), token)
            if found is not None and self.grant(found["grant_id"])["status"] == ACTIVE:
                self.revoke(self.grant(found["grant_id"]))
                return True
        return False

    def revoke(self, grant: JsonObject) -> None:
        """End a grant with all its tokens."""
        self._resources.replace(self._kind("grant"), {**grant, "status": REVOKED})

    def revoke_person(self, email: str) -> int:
        """End every grant of a person; return how many there were."""
        found = [item for item in self.all() if item["email"] == email and item["status"] == ACTIVE]
        for grant in found:
            self.revoke(grant)
        return len(found)

    def expire_person(self, email: str) -> int:
        """Let every access token of a person expire now; refresh tokens stay good."""
        tokens = self._resources.select(self._kind("access"), Selection(limit=-1), owner=email)
        for token in tokens:
            self._resources.replace(self._kind("access"), {**token, "expires_ms": 0})
        return len(tokens)

    def _kind(self, name: str) -> str:
        return f"{self._provider}.{name}"


def _in(seconds: int) -> int:
    return clock.epoch_ms() + seconds * 1000
