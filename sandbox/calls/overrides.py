"""What a call changes of a saved assistant, for itself alone."""

from sandbox.json_types import JsonObject, JsonValue, as_object

NOT_OF_THE_ASSISTANT = frozenset({"variableValues", "tools:append"})


def overridden(assistant: JsonObject, overrides: JsonObject) -> JsonObject:
    """Return a new assistant with the overrides merged in: objects at every depth, all else replaced."""
    changes = {name: value for name, value in overrides.items() if name not in NOT_OF_THE_ASSISTANT}
    changed: JsonObject = merged(assistant, changes)
    if appended := overrides.get("tools:append"):
        model = as_object(changed.get("model"))
        changed["model"] = {**model, "tools": [*(model.get("tools") or []), *appended]}
    return changed


def merged(base: JsonValue, change: JsonValue) -> JsonValue:
    """Return `base` with `change` merged in; neither of them is touched."""
    if not isinstance(base, dict) or not isinstance(change, dict):
        return change
    return {**base, **{name: merged(base.get(name), value) for name, value in change.items()}}
