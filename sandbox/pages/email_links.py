"""The addresses in an email: what a developer wants to click."""

import re
from html.parser import HTMLParser

from sandbox.json_types import JsonObject

URL = re.compile(r"https?://[^\s<>\"')\]]*[^\s<>\"')\].,;:!?]")


class _Anchors(HTMLParser):
    """Collects where links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the target of an anchor."""
        self.found += [value for name, value in attrs if tag == "a" and name == "href" and value and URL.match(value)]


def links_in(email: JsonObject) -> list[str]:
    """Return every address that an email's two bodies contain, each once, in order."""
    anchors = _Anchors()
    anchors.feed(str(email.get("html") or ""))
    return list(dict.fromkeys([*anchors.found, *URL.findall(str(email.get("text") or ""))]))
