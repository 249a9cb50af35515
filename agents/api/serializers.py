"""How agents, their versions and publications look as JSON."""

from typing import Any

from rest_framework import serializers

from agents.drafts import AgentDraft, FinishedPrompt
from agents.models import Agent, AgentMode, AgentPublication, AgentVersion, ClosedBehaviour, PublicationState


class AgentSerializer(serializers.ModelSerializer[Agent]):
    """What a list says of an agent: as it is live."""

    class Meta:
        model = Agent
        fields = (
            "id", "name", "call_direction", "vapi_assistant_id", "vapi_phone_number_id", "sync_state", "sync_error",
            "mode", "version",
        )  # fmt: skip


class SettingsSerializer(serializers.Serializer):
    """The settings that have versions. `agents.draft_rules` says what each may be; here is their form alone."""

    name = serializers.CharField(required=False)
    voice_provider = serializers.CharField(required=False)
    voice_id = serializers.CharField(required=False)
    language = serializers.CharField(required=False)
    first_message = serializers.CharField(required=False, allow_blank=True)
    system_prompt = serializers.CharField(required=False, allow_blank=True)
    tools_enabled = serializers.ListField(child=serializers.CharField(), required=False, allow_null=True)
    transfer_settings = serializers.DictField(required=False)
    closed_behaviour = serializers.ChoiceField(ClosedBehaviour.choices, required=False)
    after_hours_message = serializers.CharField(required=False, allow_blank=True)
    max_duration_seconds = serializers.IntegerField(required=False)


class AgentChangeSerializer(SettingsSerializer):
    """What PATCH takes. `base_version` is the version that was shown; `mode` acts at once."""

    mode = serializers.ChoiceField(AgentMode.choices, required=False)
    base_version = serializers.IntegerField(required=False)


class CheckSerializer(serializers.Serializer):
    expected = serializers.CharField()
    happened = serializers.CharField()
    passed = serializers.BooleanField()


class ResultSerializer(serializers.Serializer):
    """How one kind of call was rehearsed."""

    key = serializers.CharField()
    title = serializers.CharField()
    passed = serializers.BooleanField()
    checks = CheckSerializer(many=True)


class PublicationSerializer(serializers.ModelSerializer[AgentPublication]):
    """The way of a version to go live."""

    state = serializers.ChoiceField(PublicationState.choices)
    results = ResultSerializer(many=True)

    class Meta:
        model = AgentPublication
        fields = (
            "id", "version", "state", "message", "results", "override_reason", "created_at", "finished_at",
        )  # fmt: skip


class AgentDetailSerializer(SettingsSerializer):
    """An agent to be edited: its settings as last saved, which of them are not live, and the last publication."""

    id = serializers.UUIDField()
    call_direction = serializers.CharField()
    mode = serializers.ChoiceField(AgentMode.choices)
    version = serializers.IntegerField()
    published_version = serializers.IntegerField()
    unpublished = serializers.ListField(child=serializers.CharField())
    vapi_assistant_id = serializers.CharField()
    vapi_phone_number_id = serializers.CharField()
    sync_state = serializers.CharField()
    sync_error = serializers.CharField()
    tools_error = serializers.CharField()
    synced_at = serializers.DateTimeField(allow_null=True)
    publication = PublicationSerializer(allow_null=True)


def describe_draft(draft: AgentDraft) -> dict[str, Any]:
    """The JSON of an agent to be edited."""
    own = (
        "id", "call_direction", "mode", "version", "published_version", "vapi_assistant_id", "vapi_phone_number_id",
        "sync_state", "sync_error", "tools_error", "synced_at",
    )  # fmt: skip
    facts = {name: getattr(draft.agent, name) for name in own}
    found = {**draft.newest.config, **facts, "unpublished": draft.unpublished, "publication": draft.publication}
    return AgentDetailSerializer(found).data


class VersionSerializer(serializers.ModelSerializer[AgentVersion]):
    """One saved version in a list."""

    author = serializers.SerializerMethodField()
    changed = serializers.SerializerMethodField()

    class Meta:
        model = AgentVersion
        fields = ("number", "author", "changed", "restored_from", "created_at", "published_at")

    def get_author(self, version: AgentVersion) -> str | None:
        return str(version.author) if version.author else None

    def get_changed(self, version: AgentVersion) -> list[str]:
        return list(version.changes)


class VersionDetailSerializer(VersionSerializer):
    """One saved version whole: its settings, and what it changed as `{setting: [old, new]}`."""

    class Meta(VersionSerializer.Meta):
        fields = (*VersionSerializer.Meta.fields, "config", "changes")  # type: ignore[assignment]


class VersionsAnswer(serializers.Serializer):
    """A page of versions, newest first. `next` goes into `before` for the page after it."""

    results = VersionSerializer(many=True)
    next = serializers.IntegerField(allow_null=True)


class PublishRequest(serializers.Serializer):
    """`override` publishes whatever the rehearsal finds: owners only, with a reason."""

    override = serializers.BooleanField(default=False)
    reason = serializers.CharField(required=False, allow_blank=True, default="")


class RestoreRequest(serializers.Serializer):
    version = serializers.IntegerField(min_value=1)


class PromptAnswer(serializers.Serializer):
    """The finished prompt of a version; `excess` says by how many characters it is too long."""

    version = serializers.IntegerField()
    prompt = serializers.CharField(source="text")
    characters = serializers.SerializerMethodField()
    limit = serializers.IntegerField()
    excess = serializers.IntegerField()

    def get_characters(self, prompt: FinishedPrompt) -> int:
        return len(prompt.text)
