"""A tool's serializer as the JSON schema that Vapi gives to the model."""

from typing import Any

from rest_framework import serializers


def json_schema(serializer: type[serializers.Serializer]) -> dict[str, Any]:
    """The schema of the arguments: names as declared, help texts as descriptions."""
    fields = serializer().fields
    return {
        "type": "object",
        "properties": {name: _property(field) for name, field in fields.items()},
        "required": [name for name, field in fields.items() if field.required],
    }


def _property(field: serializers.Field) -> dict[str, Any]:
    described: dict[str, Any] = {"type": "string", "description": str(field.help_text or "")}
    if isinstance(field, serializers.ChoiceField):
        described["enum"] = list(field.choices)
    elif isinstance(field, serializers.IntegerField):
        described["type"] = "integer"
    elif isinstance(field, serializers.BooleanField):
        described["type"] = "boolean"
    return described
