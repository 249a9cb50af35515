"""How each assistant stands: how often it was changed and called, what leads to it, what it refers to in vain."""

from sandbox.json_types import JsonObject, as_object
from sandbox.resources import Selection
from sandbox.state import Sandbox

EVERYTHING = Selection(limit=-1)
SHOWN = ("id", "orgId", "name", "metadata", "createdAt", "updatedAt")


def assistants_overview(sandbox: Sandbox) -> list[JsonObject]:
    """Return one entry an assistant, newest first."""
    changes, calls = _changes(sandbox), _calls(sandbox)
    numbers = sandbox.resources.select("phone-number", EVERYTHING)
    known = {kind: _ids(sandbox, kind) for kind in ("tool", "structured-output", "credential")}
    return [
        {
            **{name: item.get(name) for name in SHOWN},
            "changes": changes.get(item["id"], 0),
            "calls": calls.get(item["id"], 0),
            "numbers": [line["number"] for line in numbers if line.get("assistantId") == item["id"]],
            "missing": _missing(item, known),
        }
        for item in sandbox.resources.select("assistant", EVERYTHING)
    ]


def _missing(assistant: JsonObject, known: dict[str, set[str]]) -> list[str]:
    """Return what an assistant refers to although it was deleted."""
    referred = {
        "tool": as_object(assistant.get("model")).get("toolIds"),
        "structured-output": as_object(assistant.get("artifactPlan")).get("structuredOutputIds"),
        "credential": [as_object(assistant.get("server")).get("credentialId")],
    }
    return [
        f"{kind} {identity}"
        for kind, identities in referred.items()
        for identity in identities or []
        if identity and identity not in known[kind]
    ]


def _ids(sandbox: Sandbox, kind: str) -> set[str]:
    return {str(row["id"]) for row in sandbox.database.read("SELECT id FROM resources WHERE kind = ?", (kind,))}


def _changes(sandbox: Sandbox) -> dict[str, int]:
    rows = sandbox.database.read(
        "SELECT path, count(*) AS count FROM requests"
        " WHERE operation = 'PATCH /assistant/{id}' AND status_code = 200 GROUP BY path"
    )
    return {str(row["path"]).rsplit("/", 1)[1]: int(row["count"]) for row in rows}


def _calls(sandbox: Sandbox) -> dict[str, int]:
    rows = sandbox.database.read("SELECT assistant_id, count(*) AS count FROM runs GROUP BY assistant_id")
    return {str(row["assistant_id"]): int(row["count"]) for row in rows}
