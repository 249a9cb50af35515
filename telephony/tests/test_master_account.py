"""The platform's own Twilio account, and who may come near it."""

import pytest

from telephony.errors import MasterAccountMissing
from telephony.master_account import get_master_client
from tests.architecture.source import modules

# Who buys numbers for clinics or gives them to Vapi, who tries the account, and who proves that Twilio posted what it
# says of such numbers. Nobody who sends, calls or reads logs.
BUYING = {f"agents/managed_numbers/{name}.py" for name in ("offers", "flow", "buying")}
MAY_IMPORT = {"telephony/probes.py", "agents/numbers/sync.py", "telephony/messaging/accounts.py"} | BUYING
# The last one makes a development installation its own, which only the simulator takes.
MAY_NAME = {
    *("telephony/master_account.py", "voxanne/settings/providers.py", "voxanne/env.py"),
    "voxanne/embedded/environment.py",
}


def test_nobody_else_imports_it():
    found = {
        module.name
        for module in modules()
        if any(name in module.text for name in ("master_account import", "import master_account", "get_master_"))
    }

    assert found - {"telephony/master_account.py"} == MAY_IMPORT


def test_nobody_else_names_its_credentials():
    assert {module.name for module in modules() if "TWILIO_MASTER" in module.text} == MAY_NAME


def test_an_installation_without_one_says_so(settings):
    settings.TWILIO_MASTER_ACCOUNT_SID = settings.TWILIO_MASTER_AUTH_TOKEN = ""

    with pytest.raises(MasterAccountMissing, match="your own Twilio account"):
        get_master_client()


def test_it_opens_the_platforms_account(settings, provider_sandbox):
    settings.TWILIO_MASTER_ACCOUNT_SID, settings.TWILIO_MASTER_AUTH_TOKEN = "AC" + "0c" * 16, "0d" * 16

    assert get_master_client().fetch_account().sid == "AC" + "0c" * 16
