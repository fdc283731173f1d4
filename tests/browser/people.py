"""Somebody in front of Chromium, who looks at every page with axe's eyes and at 320 px."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page

from tests.factories import PASSWORD

_VENDOR = Path(__file__).parent / "vendor"
_AXE = (
    _VENDOR / "axe.min.js"
).read_text() + f"\naxe.configure({{locale: {(_VENDOR / 'axe.fr.json').read_text()}}});"
_MOST_TABS = 120


_OF_COLOURS = ("color-contrast", "link-in-text-block")
"""The rules that look at colours, which are all that the dark scheme changes (`test_stylesheet`)."""


_LEFT_TO_US = "color-contrast:"
"""What axe may leave undecided (R-01): a contrast, where letters stand over a drawing or the box of a state, beside

the drawn arrow of a list or the number of a step, or are one sign alone. `test_stylesheet` computes the contrast of
every pair of colours of the style.
"""


def faults(page: Page, *rules: str) -> list[str]:
    """What axe refuses, in French, and what it can not decide, contrasts apart; by those of its rules, or by all.

    Evaluated: the policy would refuse a script.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE)
    wanted = {"resultTypes": ["violations", "incomplete"]} | ({"runOnly": list(rules)} if rules else {})
    found = page.evaluate(
        "(wanted) => axe.run(document, wanted).then(({ violations, incomplete }) => [violations, incomplete])",
        wanted,
    )
    refused, undecided = ([_line(fault, node) for fault in kind for node in fault["nodes"]] for kind in found)
    return refused + [f"undecided {line}" for line in undecided if not line.startswith(_LEFT_TO_US)]


def _line(fault: Mapping[str, Any], node: Mapping[str, Any]) -> str:
    said = [check["message"] for kind in ("any", "all", "none") for check in node[kind]]
    return f"{fault['id']}: {' '.join(said)} {json.dumps(node['target'])}"


def faults_in_the_dark(page: Page) -> list[str]:
    """What axe refuses of the same page's dark colours, at rest; the page is light again afterwards."""
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    found = [f"dark {fault}" for fault in faults(page, *_OF_COLOURS)]
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    return found


class Person:
    """A browser of one's own, logged in; `said` is what the console and the policy complained about.

    `post` is one of the small world, or an address with its `password`. `looks_in_the_dark`:
    each look at a page in its light colours is one at its dark ones too.
    """

    def __init__(
        self,
        browser: Browser,
        address: str,
        post: str,
        *,
        password: str = PASSWORD,
        looks_in_the_dark: bool = False,
        **options: Any,
    ) -> None:
        self.looks_in_the_dark = looks_in_the_dark
        self.address, self.scripted = address, options.get("java_script_enabled", True)
        context = browser.new_context(locale="fr-FR", timezone_id="Europe/Paris", **options)
        context.set_default_timeout(15_000)
        self.close: Callable[[], None] = context.close
        self.page = context.new_page()
        self.said: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.goto(f"{address}/connexion")
        email = post if "@" in post else f"{post.replace('_', '-')}@test.example"
        self.page.locator("#champ-email").fill(email)
        self.page.locator("#champ-password").fill(password)
        self.page.locator("#champ-password").press("Enter")
        self.page.wait_for_load_state()
        if self.page.locator("#champ-code").count():
            self.page.locator("#champ-code").fill(self.page.locator(".invented-code code").inner_text())
            self.page.locator("#champ-code").press("Enter")
        self.page.wait_for_url(f"{address}/")

    def go(self, path: str) -> Page:
        """Open an address."""
        self.page.goto(f"{self.address}{path}")
        return self.page

    def press(self, label: str) -> None:
        """Press a button, follow a link or open a fold of the main part, by its whole label."""
        whole = re.compile(rf"^\s*{re.escape(label)}\s*$")
        able = self.page.locator("main").locator("button:not([tabindex='-1']), a, summary")
        able.filter(has_text=whole).first.click()

    def expect(self, *sentences: str) -> None:
        """The main part says each of these."""
        for sentence in sentences:
            self.page.locator("main").get_by_text(sentence).first.wait_for()

    def look(self) -> list[str]:
        """What is wrong with the page as it stands: axe, a scroll sideways at 320 px, the console."""
        found = list(self.said)
        self.said.clear()
        size = self.page.viewport_size
        self.page.set_viewport_size({"width": 320, "height": 800})
        if self.scripted:
            self.page.evaluate(
                "document.querySelectorAll('main details').forEach((part) => { part.open = true; })"
            )
            found += self._refused()
            width = self.page.evaluate("document.documentElement.scrollWidth")
            found += [f"{width} px wide"] if width > 320 else []
        if size:
            self.page.set_viewport_size(size)
        if self.scripted:
            found += self._refused()
        return [f"{self.page.url}: {fault}" for fault in found]

    def _refused(self) -> list[str]:
        return faults(self.page) + (faults_in_the_dark(self.page) if self.looks_in_the_dark else [])

    def tab_to(self, wanted: Locator) -> None:
        """Reach a control with the Tab key alone."""
        for _ in range(_MOST_TABS):
            if wanted.evaluate("(one) => one === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{wanted} is out of reach of the keyboard")

    def type_into(self, name: str, text: str) -> None:
        """Reach a field with the keyboard and type."""
        self.tab_to(self.page.locator(f"main [name={name}]").first)
        self.page.keyboard.type(text)
