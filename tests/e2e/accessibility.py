"""axe-core in front of a page, and which pages there are."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.e2e.person import DESK, PHONE

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# The themes differ in colours alone, so the second is asked about those.
THEMES = {
    "light": {"type": "tag", "values": TAGS},
    "dark": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
}
SIZES = {"phone": PHONE, "desk": DESK}
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
_LEADS_AWAY = re.compile(r"^(/accounts/logout|/admin)|/sync$|/export|cursor=")
_RUN = """async (runOnly) => {
  const options = { runOnly, resultTypes: ["violations"] };
  const why = (node) => (node.any[0] ?? node.all[0] ?? node.none[0])?.message;
  const say = (node) => `    ${node.target.join(" ")}: ${why(node)}`;
  const { violations } = await axe.run(document, options);
  return violations.map((found) => [`${found.id}: ${found.help}`, ...found.nodes.slice(0, 3).map(say)].join("\\n"));
}"""
_LINKS = "[...document.links].filter((a) => a.origin === location.origin).map((a) => a.pathname + a.search)"
_PAINTED = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 30)))"


@cache
def _source() -> str:
    return AXE.read_text()


def find_violations(page: Page, where: str) -> list[str]:
    """What axe finds in the open page, on a phone and on a desk, in both themes; scrolling sideways counts too."""
    found = []
    page.evaluate(_source())
    for name, size in SIZES.items():
        page.set_viewport_size(size)
        for theme, rules in THEMES.items():
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            page.evaluate(_PAINTED)
            found += [f"{where}, {name}, {theme}: {violation}" for violation in page.evaluate(_RUN, rules)]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{where}, {name}: the page scrolls sideways")
    page.set_viewport_size(PHONE)
    return found


def crawl(page: Page, start: str) -> Iterator[str]:
    """Open every address that links lead to from `start`, one of each kind (ids and filters aside)."""
    seen: set[str] = set()
    home = page.url.split("/dashboard")[0]
    waiting = [start]
    while waiting:
        address = waiting.pop(0)
        if _kind(address) in seen or _LEADS_AWAY.search(address):
            continue
        seen.add(_kind(address))
        answer: Any = page.goto(address)
        landed = page.url.removeprefix(home)
        if landed != address and (landed == page.url or _kind(landed) in seen):
            continue  # a provider's sign-in, or a page that was seen
        assert answer.status < 400, f"{address}: {answer.status}"
        waiting += [link for link in page.evaluate(_LINKS) if "#" not in link]
        yield address


def _kind(address: str) -> str:
    return _UUID.sub("*", address.split("?", maxsplit=1)[0]) + ("?" if "?" in address else "")
