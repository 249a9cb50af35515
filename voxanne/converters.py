"""Path converters that several rooms use."""

from uuid import UUID

from django.core.exceptions import BadRequest
from django.urls import register_converter


class UuidOr400Converter:
    """A uuid in a path, whose malformed form is answered 400 rather than 404 (spec 10).

    It takes any one segment, so a route with a fixed word in the same place must stand before it.
    """

    regex = "[^/]+"

    def to_python(self, value: str) -> UUID:
        """Parse the segment.

        Raises:
            BadRequest: it is not a uuid.
        """
        try:
            return UUID(value)
        except ValueError as error:
            raise BadRequest("malformed uuid in the path") from error

    def to_url(self, value: UUID | str) -> str:
        return str(value)


register_converter(UuidOr400Converter, "uuid_or_400")
