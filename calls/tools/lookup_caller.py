"""`lookupCaller`: whether the clinic knows somebody. It says no more than the caller has shown a right to."""

from typing import Any

from django.db.models import Q
from rest_framework import serializers

from calls.tools.types import Tool, ToolAnswer, ToolContext
from contacts.models import Contact, NumberUse
from contacts.people import has_number
from contacts.phones import find_e164

MOST_READ = 20


class Arguments(serializers.Serializer):
    """What to look for."""

    searchKey = serializers.CharField(  # noqa: N815 - the model sees this name
        max_length=254, help_text="The telephone number, email address or full name."
    )
    searchType = serializers.ChoiceField(  # noqa: N815
        choices=["phone", "email", "name"], help_text="Which of the three it is."
    )


def look_up(context: ToolContext, arguments: dict[str, Any]) -> ToolAnswer:
    """One match, none, or several.

    Only the person whose own telephone is calling is named. Of anybody else it is said that more is needed: whether
    somebody is a patient is itself private.
    """
    wanted = _wanted(context, arguments["searchKey"].strip(), arguments["searchType"])
    found = list(Contact.objects.filter(wanted).order_by("-last_contacted_at", "id")[:MOST_READ]) if wanted else []
    if not found:
        return ToolAnswer(
            speech="No record fits that. Treat the caller as new and take their details.",
            content={"success": True, "matches": "none"},
        )
    if len(found) > 1:
        return _ask_for_more("several")
    contact = found[0]
    calling = find_e164(context.caller_number, country=context.org.country)
    if not calling or contact.phone != calling or contact.number_use == NumberUse.SEVERAL:
        return _ask_for_more("one")
    first = contact.first_name or contact.name
    named = f"This is the number of {first}. " if first else ""
    return ToolAnswer(
        speech=f"{named}The caller is known. Before anything about appointments is said, ask for the full name and the "
        "booking reference or date of birth.",
        content={"success": True, "matches": "one", "firstName": first},
    )


def _wanted(context: ToolContext, key: str, kind: str) -> Q | None:
    if kind == "phone":
        number = find_e164(key, country=context.org.country)
        return has_number(number) if number else None
    if kind == "email":
        return Q(email=key.lower()) | Q(email=key) if "@" in key else None
    return Q(name__iexact=" ".join(key.split())) if key else None


def _ask_for_more(matches: str) -> ToolAnswer:
    return ToolAnswer(
        speech="One more detail is needed to find the record: ask for the date of birth or the booking reference. Do "
        "not say whether there is a record.",
        content={"success": True, "matches": matches, "needs": ["dateOfBirth", "reference"]},
    )


LOOKUP_CALLER = Tool(
    name="lookupCaller",
    description=(
        "Find out whether the clinic knows the caller, by telephone number, email address or full name. It never tells "
        "anything about appointments."
    ),
    arguments=Arguments,
    handler=look_up,
)
