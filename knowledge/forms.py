"""What people type on the pages of the knowledge base."""

from typing import Any

from django import forms

from knowledge.document_list import DocumentFilters, DocumentState
from knowledge.documents import LONGEST_ADDRESS
from knowledge.limits import MOST_TYPED_TEXT
from knowledge.models import LONGEST_TITLE, Source
from knowledge.settings import SETTINGS
from voxanne.errors import DomainError


class RefusableForm(forms.Form):
    """A form whose service may refuse what it was given."""

    def refuse(self, refused: DomainError) -> None:
        """Say a refusal at its fields, or above the form."""
        if not refused.fields:
            self.add_error(None, refused.message)
        for name, problems in refused.fields.items():
            self.add_error(name if name in self.fields else None, problems)


class DocumentFilterForm(forms.Form):
    """The list's filters, from the address. What cannot be understood is left out, never an error page."""

    q = forms.CharField(required=False, max_length=60)
    state = forms.ChoiceField(required=False, choices=DocumentState.choices)
    source = forms.ChoiceField(required=False, choices=Source.choices)

    def filters(self) -> DocumentFilters:
        """The filters that are usable."""
        self.is_valid()
        data = self.cleaned_data
        return DocumentFilters(q=data.get("q") or "", state=data.get("state") or "", source=data.get("source") or "")


def _title_field(**more: Any) -> forms.CharField:
    return forms.CharField(label="Title", max_length=LONGEST_TITLE, **more)


class TextForm(RefusableForm):
    """A text that is written here."""

    title = _title_field(help_text="What it is about, as a caller might ask for it.")
    text = forms.CharField(
        label="Text",
        max_length=MOST_TYPED_TEXT,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text="Plain sentences. A line that begins with # is a heading.",
    )


class AnswerForm(RefusableForm):
    """The answer to a question of callers."""

    title = _title_field(help_text="The question. It becomes the title of the text.")
    text = forms.CharField(
        label="Answer",
        max_length=MOST_TYPED_TEXT,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Whole sentences, as your assistant should know them.",
    )


class PageForm(RefusableForm):
    """The address of a web page."""

    url = forms.CharField(
        label="Address of the page",
        max_length=LONGEST_ADDRESS,
        widget=forms.TextInput(attrs={"inputmode": "url", "placeholder": "https://"}),
        help_text="One public page over https, up to 5 MB. Its text is kept as it is today.",
    )


class RenameForm(RefusableForm):
    """What a document is called."""

    title = _title_field()


class AskForm(forms.Form):
    """A question, as a caller would ask it."""

    query = forms.CharField(
        label="What might a caller ask?",
        max_length=SETTINGS.max_query_length,
        widget=forms.TextInput(attrs={"placeholder": "Where can I park?"}),
        error_messages={"required": "Type a question first."},
    )
