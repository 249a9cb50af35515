"""What a clinic does not want written down of its calls, beyond what never is."""

from typing import Any

from django import forms

from orgs import audit
from orgs.actors import Actor
from orgs.models import IntegrationSettings, Organization
from orgs.scope import org_tx

MOST_TERMS = 200
LONGEST_TERM = 60
# What is taken out for everybody, as a page says it.
ALWAYS = (
    "national numbers: US social security, UK national insurance and NHS numbers, passports, driving licences",
    "payment cards with their expiry and security code, bank accounts and sort codes",
    "dates of birth, home addresses and postcodes",
    "email addresses, and phone numbers other than the caller's and yours",
    "insurance, policy, patient and record numbers",
)


class PrivacyForm(forms.Form):
    """A clinic's own words, one a line."""

    health_terms = forms.CharField(
        required=False,
        label="Words about health to leave out",
        help_text=f"One a line, at most {MOST_TERMS}. A word counts in any case, with or without accents, also in the "
        "plural. Transcripts and summaries show [HEALTH] instead.",
        widget=forms.Textarea(attrs={"rows": 8, "autocomplete": "off"}),
    )

    def clean_health_terms(self) -> list[str]:
        """Each term once, in the order in which they were written."""
        lines = (" ".join(line.split()) for line in self.cleaned_data["health_terms"].splitlines())
        once: dict[str, str] = {}
        for term in filter(None, lines):
            once.setdefault(term.casefold(), term)
        terms = list(once.values())
        if len(terms) > MOST_TERMS:
            raise forms.ValidationError(f"These are {len(terms)} words. Leave it at {MOST_TERMS}.")
        if too_long := next((term for term in terms if len(term) > LONGEST_TERM), None):
            raise forms.ValidationError(f"“{too_long[:30]}…” is longer than {LONGEST_TERM} characters.")
        if wordless := next((term for term in terms if not any(char.isalnum() for char in term)), None):
            raise forms.ValidationError(f"“{wordless}” has no letter or digit in it.")
        return terms


def read_health_terms(org: Organization) -> list[str]:
    """The clinic's own words. One query, inside the open transaction."""
    found: list[str] | None = IntegrationSettings.objects.for_org(org.pk).values_list("health_terms", flat=True).first()
    return found or []


def save_health_terms(*, org: Organization, terms: list[str], actor: Actor) -> bool:
    """Store them; whether anything changed. Calls from now on follow. The audit log counts the words and has none."""
    with org_tx():
        IntegrationSettings.objects.bulk_create([IntegrationSettings(org=org)], ignore_conflicts=True)
        settings = IntegrationSettings.objects.select_for_update().get(org=org)
        if settings.health_terms == terms:
            return False
        before, settings.health_terms = len(settings.health_terms), terms
        settings.save(update_fields=["health_terms", "updated_at"])
        audit.record(actor, "settings.privacy_changed", settings, terms_before=before, terms=len(terms))
    return True


def shown(terms: list[str]) -> dict[str, Any]:
    """The form's first contents."""
    return {"health_terms": "\n".join(terms)}
