"""What people type on the pages of leads."""

from typing import Any

from django import forms

from contacts.caller_care import CallerWishes, wishes_of
from contacts.lead_list import LeadFilters
from contacts.lead_order import LeadSort
from contacts.models import Contact, LeadStatus, NumberUse, Service
from contacts.notes import LONGEST
from contacts.writing import LONGEST_EMAIL, LONGEST_TEXT
from voxanne.errors import DomainError
from voxanne.ui.fields import LinesField


class LeadFilterForm(forms.Form):
    """The list's filters, from the address. What cannot be understood is left out, never an error page."""

    q = forms.CharField(required=False, max_length=60)
    stage = forms.CharField(required=False, max_length=10)
    temperature = forms.CharField(required=False, max_length=4)
    sort = forms.ChoiceField(required=False, choices=LeadSort.choices)

    def filters(self) -> LeadFilters:
        """The filters that are usable."""
        self.is_valid()
        data = self.cleaned_data
        return LeadFilters(
            q=data.get("q") or "",
            stage=data.get("stage") or "",
            temperature=data.get("temperature") or "",
            sort=LeadSort(data.get("sort") or LeadSort.SCORE),
        )


class LeadForm(forms.Form):
    """Who somebody is, and where they stand."""

    name = forms.CharField(label="Name", required=False, max_length=120)
    phone = forms.CharField(
        label="Phone", required=False, max_length=40, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    email = forms.EmailField(label="Email", required=False, max_length=254)
    date_of_birth = forms.DateField(
        label="Date of birth", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    lead_status = forms.ChoiceField(label="Stage", choices=LeadStatus.choices)
    service_interests = forms.MultipleChoiceField(
        label="Interested in", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, contact: Contact | None = None, **kwargs: Any) -> None:
        """With the price list's services, and those that the contact had before."""
        if contact is not None:
            kwargs["initial"] = {name: getattr(contact, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)
        kept = contact.service_interests if contact is not None else []
        offered = Service.objects.filter(is_active=True).order_by("name").values_list("name", flat=True)
        names = dict.fromkeys([*offered, *(str(name) for name in kept)])
        interests = self.fields["service_interests"]
        interests.choices = [(name, name) for name in names]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Somebody of whom nothing is known cannot be found again."""
        data = super().clean() or {}
        if not any(data.get(name) for name in ("name", "phone", "email")) and not self.errors:
            raise forms.ValidationError("Give a name, a phone number or an email address.")
        return data

    def refuse(self, refused: DomainError) -> None:
        """Say at its field why it cannot be stored."""
        field = "phone" if refused.code in {"unusable_phone", "number_taken"} else None
        self.add_error(field, _WORDS.get(refused.code, refused.message))


_WORDS = {"unusable_phone": "That phone number does not look right. Check it, with its area code."}


class NoteForm(forms.Form):
    """A note about somebody."""

    text = LinesField(label="Note", max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3, "data-count": LONGEST}))


class TextForm(forms.Form):
    """A text to somebody."""

    message = LinesField(
        label="Your text",
        max_length=LONGEST_TEXT,
        help_text="It goes out from your clinic's number. Emoji and some accents make one text count as two or three.",
        widget=forms.Textarea(attrs={"rows": 4, "data-count": LONGEST_TEXT, "data-segments": "", "autofocus": True}),
    )


class EmailForm(forms.Form):
    """An email to somebody."""

    subject = forms.CharField(label="Subject", max_length=200, widget=forms.TextInput(attrs={"autofocus": True}))
    message = LinesField(
        label="Your email",
        max_length=LONGEST_EMAIL,
        widget=forms.Textarea(attrs={"rows": 8, "data-count": LONGEST_EMAIL}),
    )


class CallerForm(forms.Form):
    """What the receptionist may know of a caller the next time."""

    preferences = forms.CharField(
        label="Keep in mind",
        required=False,
        max_length=300,
        help_text="Told to the receptionist when they call, such as “prefers mornings”. Leave health matters out.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    number_use = forms.ChoiceField(
        label="Who calls from this number",
        choices=NumberUse.choices,
        help_text="A number of several people is greeted like everybody, and nothing of earlier calls is told.",
    )
    memory_enabled = forms.BooleanField(
        label="Remember this caller",
        required=False,
        help_text="The receptionist knows their name, the last call and the next appointment.",
    )

    @classmethod
    def of(cls, contact: Contact) -> "CallerForm":
        """The form as it is shown first."""
        return cls(initial=vars(wishes_of(contact)))

    def wishes(self) -> CallerWishes:
        """What was chosen."""
        data = self.cleaned_data
        return CallerWishes(
            preferences=" ".join(data["preferences"].split()),
            memory_enabled=data["memory_enabled"],
            number_use=NumberUse(data["number_use"]),
        )
