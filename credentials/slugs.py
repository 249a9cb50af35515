"""How addresses name providers."""

from credentials.types import Provider
from voxanne.errors import NotFound

_SHORT = {"outlook": Provider.OUTLOOK_CALENDAR}


def slug_of(provider: Provider) -> str:
    """`google-calendar` for Google Calendar."""
    return provider.value.replace("_", "-")


_BY_SLUG = {slug_of(provider): provider for provider in Provider} | _SHORT


def access_provider(slug: str) -> Provider:
    """The provider that an address names.

    Raises:
        NotFound: there is none of that name.
    """
    provider = _BY_SLUG.get(slug)
    if provider is None:
        raise NotFound("We do not know that integration.")
    return provider
