"""The form in which an agent is edited. Its rules are those of the API (`agents.draft_rules`), so are their words."""

from collections.abc import Mapping
from typing import Any

from django import forms

from agents.draft_rules import DEPARTMENTS, MAX_GREETING, MAX_NAME, MAX_PROMPT
from agents.models import ClosedBehaviour
from agents.prompting.languages import LANGUAGES
from agents.tool_registry import all_tools
from agents.versions import Config
from agents.voices import PROVIDERS, VOICES, find_voice
from voxanne.errors import DomainError

OTHER_VOICE = "other"
MINUTE_S = 60
_TOOL_WORDS = {
    "checkAvailability": "Look for free times",
    "bookClinicAppointment": "Book appointments",
    "rescheduleAppointment": "Move a caller’s own appointment",
    "cancelAppointment": "Cancel a caller’s own appointment",
    "lookupCaller": "Find out whether a caller is known",
    "transferCall": "Put callers through to your team",
    "getKnowledgeBase": "Answer from your knowledge base",
}
# Which of the form's fields shows what is wrong with a setting.
_FIELD_OF = {
    "tools_enabled": "tools",
    "transfer_settings": "transfer_default",
    "max_duration_seconds": "minutes",
    "voice_provider": "voice_provider",
}


def _area(rows: int, *, count: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "maxlength": count, "data-count": str(count)})


class AgentSettingsForm(forms.Form):
    """What an agent says and may do. What is saved is a draft."""

    name = forms.CharField(label="Name", max_length=MAX_NAME, widget=forms.TextInput(attrs={"data-count": MAX_NAME}))
    first_message = forms.CharField(
        label="Greeting",
        required=False,
        max_length=MAX_GREETING,
        widget=_area(3, count=MAX_GREETING),
        help_text="The first thing that callers hear. Leave it empty for the usual one.",
    )
    voice = forms.ChoiceField(label="Voice", widget=forms.RadioSelect)
    voice_provider = forms.ChoiceField(label="Provider of the other voice", required=False)
    voice_id = forms.CharField(label="Id of the other voice", required=False, max_length=80)
    language = forms.ChoiceField(
        label="Language",
        choices=[(code, words.capitalize() if code == "multi" else words) for code, words in LANGUAGES.items()],
    )
    system_prompt = forms.CharField(
        label="Instructions",
        required=False,
        max_length=MAX_PROMPT,
        widget=_area(14, count=MAX_PROMPT),
        help_text=(
            "How your receptionist should behave, and what matters at your clinic. It knows your hours, services and "
            "prices already, and the safety rules always stand."
        ),
    )
    tools = forms.MultipleChoiceField(label="What it may do", required=False, widget=forms.CheckboxSelectMultiple)
    transfer_default = forms.CharField(
        label="Put callers through to",
        required=False,
        max_length=255,
        help_text="A number with its country code, or a SIP address. Leave it empty for your clinic’s own.",
    )
    transfer_billing = forms.CharField(label="For billing", required=False, max_length=255)
    transfer_medical = forms.CharField(label="For medical questions", required=False, max_length=255)
    closed_behaviour = forms.ChoiceField(
        label="While the clinic is closed", choices=ClosedBehaviour.choices, widget=forms.RadioSelect
    )
    after_hours_message = forms.CharField(
        label="After-hours message", required=False, max_length=MAX_GREETING, widget=_area(2, count=MAX_GREETING)
    )
    minutes = forms.IntegerField(
        label="Longest call, in minutes", min_value=1, max_value=720, help_text="A booking takes two to four minutes."
    )
    base_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, config: Config, version: int, **kwargs: Any) -> None:
        self._config = config
        kwargs.setdefault("initial", {**_shown(config), "base_version": version})
        super().__init__(*args, **kwargs)
        self.fields["voice"].choices = [  # type: ignore[attr-defined]
            *((f"{voice.provider}/{voice.voice_id}", f"{voice.name} – {voice.description}") for voice in VOICES),
            (OTHER_VOICE, "Another voice"),
        ]
        self.fields["voice_provider"].choices = [("", "Choose…"), *((name, name) for name in PROVIDERS)]  # type: ignore[attr-defined]
        self.fields["tools"].choices = [  # type: ignore[attr-defined]
            (tool.name, _TOOL_WORDS.get(tool.name, tool.name)) for tool in all_tools()
        ]

    @property
    def base(self) -> int | None:
        """The version that the form showed; None when the person saves over whatever is there."""
        found: int | None = self.cleaned_data.get("base_version")
        return None if "save_over" in self.data else found

    def changes(self) -> Config:
        """What was typed, by the names of the settings."""
        typed = self.cleaned_data
        plain = ("name", "first_message", "system_prompt", "language", "closed_behaviour", "after_hours_message")
        provider, voice_id = typed["voice_provider"], typed["voice_id"]
        if typed["voice"] != OTHER_VOICE:
            provider, _, voice_id = typed["voice"].partition("/")
        return {
            **{name: typed[name] for name in plain},
            "voice_provider": provider,
            "voice_id": voice_id,
            "tools_enabled": self._tools(),
            "transfer_settings": self._transfers(),
            "max_duration_seconds": self._seconds(),
        }

    def refuse(self, refused: DomainError) -> None:
        """Say a refusal at its fields, or above the form."""
        if not refused.fields:
            self.add_error(None, refused.message)
        for name, problems in refused.fields.items():
            field = _FIELD_OF.get(name, name)
            self.add_error(field if field in self.fields else None, problems)

    def _tools(self) -> list[str] | None:
        """None while every tool is allowed: a new one is then allowed too."""
        chosen, known = self.cleaned_data["tools"], [tool.name for tool in all_tools()]
        return None if set(chosen) == set(known) else [name for name in known if name in chosen]

    def _transfers(self) -> Config:
        stored = (self._config.get("transfer_settings") or {}).get("departments", {})
        departments = {name: self.cleaned_data[f"transfer_{name}"] for name in DEPARTMENTS if name != "general"}
        if "general" in stored:
            departments["general"] = stored["general"]
        return {"default": self.cleaned_data["transfer_default"], "departments": departments}

    def _seconds(self) -> int:
        """Minutes as seconds; a length that is no whole minute stays while the form shows it unchanged."""
        stored, minutes = int(self._config["max_duration_seconds"]), self.cleaned_data["minutes"]
        return stored if _minutes(stored) == minutes else minutes * MINUTE_S


def _shown(config: Mapping[str, Any]) -> dict[str, Any]:
    """A version's settings as the form shows them."""
    transfers = config.get("transfer_settings") or {}
    departments = transfers.get("departments", {})
    offered = find_voice(config["voice_provider"], config["voice_id"])
    chosen = config.get("tools_enabled")
    return {
        **config,
        "voice": f"{offered.provider}/{offered.voice_id}" if offered else OTHER_VOICE,
        "voice_provider": "" if offered else config["voice_provider"],
        "voice_id": "" if offered else config["voice_id"],
        "tools": [tool.name for tool in all_tools()] if chosen is None else chosen,
        "transfer_default": transfers.get("default", ""),
        "transfer_billing": departments.get("billing", ""),
        "transfer_medical": departments.get("medical", ""),
        "minutes": _minutes(int(config["max_duration_seconds"])),
    }


def _minutes(seconds: int) -> int:
    return max(1, round(seconds / MINUTE_S))
