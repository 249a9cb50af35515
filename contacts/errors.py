"""What can go wrong with contacts and services."""

from typing import Any

from voxanne.errors import BadInput, DomainError, Forbidden


class UnusablePhone(BadInput):
    """The number is no number that could be dialled in its country."""

    code = "unusable_phone"
    message = "That phone number does not look right. Please say it again with its area code."


class NumberTaken(DomainError):
    """Two contacts cannot have one number: calls from it would not know whose they are."""

    code = "number_taken"
    http_status = 409
    message = "Somebody else has this number. Open them and merge the two."

    def offers(self) -> dict[str, Any]:
        """Who has it."""
        return {"contact_id": str(self.context["contact_id"])}


class StillExpected(DomainError):
    """Somebody with an appointment to come is not forgotten."""

    code = "still_expected"
    http_status = 409
    message = "They have an appointment to come. Cancel it first."


class AlreadyMerged(DomainError):
    """An old id leads to whoever it became part of; to delete by it would surprise."""

    code = "contact_merged"
    http_status = 409
    message = "That contact has become part of another. Delete that one, if you want to."


class CannotMerge(DomainError):
    code = "cannot_merge"
    http_status = 409
    message = "These two cannot be merged."


class NotYourNote(Forbidden):
    code = "not_your_note"
    message = "Only whoever wrote a note changes or deletes it."


class OptedOutThemselves(DomainError):
    """They told us or their carrier: only they can take it back."""

    code = "opted_out_themselves"
    http_status = 409
    message = "They stopped the texts themselves. They can text START to your number to have them again."


class CannotBeWrittenTo(DomainError):
    """There is no address for it."""

    code = "no_address"
    http_status = 409
    message = "There is no address that it could go to."


class ServiceNameTaken(DomainError):
    code = "service_name_taken"
    http_status = 409
    message = "Your price list has a service of that name already."


class BadKeywords(BadInput):
    code = "bad_keywords"
    message = "Each keyword needs a letter or a number and has at most 60 characters; a service has at most 30."


class PriceListFull(DomainError):
    code = "price_list_full"
    http_status = 409
    message = "A price list has at most 500 services."
