"""`getKnowledgeBase`: what the clinic has written down about itself."""

from typing import Any

from rest_framework import serializers

from calls.tools.types import Tool, ToolAnswer, ToolContext


class Arguments(serializers.Serializer):
    """What is asked."""

    query = serializers.CharField(max_length=500, help_text="The caller's question, in a few words.")


def look_up(_context: ToolContext, _arguments: dict[str, Any]) -> ToolAnswer:
    """Clinics have no documents here yet, so nothing is ever found."""
    return ToolAnswer(
        speech="Nothing is written down about that. Say so, and offer to have the team call back. Do not guess.",
        content={"success": True, "found": False, "chunkCount": 0, "context": ""},
    )


KNOWLEDGE_BASE = Tool(
    name="getKnowledgeBase",
    description="Look up what the clinic has written down: prices, policies, aftercare, directions, the team.",
    arguments=Arguments,
    handler=look_up,
)
