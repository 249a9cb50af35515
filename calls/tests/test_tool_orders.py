"""What agents are told about the order of tools speaks of tools that there are."""

from agents.prompting.rules import TOOL_ORDERS
from calls.tools.registry import TOOLS


def test_every_order_names_tools_that_there_are():
    for needed, order in TOOL_ORDERS.items():
        assert needed <= TOOLS.keys()
        assert all(name in order for name in needed - {"transferCall"})


def test_every_description_fits_vapis_limit():
    assert all(0 < len(tool.description) <= 1000 for tool in TOOLS.values())
