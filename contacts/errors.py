"""What can go wrong with contacts."""

from voxanne.errors import BadInput


class UnusablePhone(BadInput):
    """The number is no number that could be dialled in its country."""

    code = "unusable_phone"
    message = "That phone number does not look right. Please say it again with its area code."
