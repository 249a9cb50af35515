"""`manage.py validate_env --online`: does Vapi take the platform's key?"""

from django.conf import settings

from credentials.vapi_accounts import prove_key
from voxanne.health.probes import ask_provider

_REFUSED = "does not accept VAPI_PRIVATE_KEY. Copy the private key, not the public one, from Vapi's dashboard again"


def probe_vapi() -> str:
    """What is wrong with the platform's account at Vapi, "" when it works. One request."""
    return ask_provider(_list_one_assistant, refused=_REFUSED, address=settings.VAPI_BASE_URL)


def _list_one_assistant() -> str:
    if not settings.VAPI_PRIVATE_KEY:
        return "cannot be asked without a key. Set VAPI_PRIVATE_KEY"
    prove_key(None)
    return ""
