"""The visual language without a browser: contrasts, weights, vendored files, nothing against the policy."""

import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "service/static"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))

TEXT_ON = {
    "ink": [
        "page",
        "card",
        "sunk",
        "brand-tint",
        "cdas-tint",
        "caf-tint",
        "late-tint",
        "soon-tint",
        "fine-tint",
    ],
    "soft": [
        "page",
        "card",
        "sunk",
        "brand-tint",
        "soon-tint",
        "fine-tint",
        "late-tint",
        "cdas-tint",
        "caf-tint",
    ],
    "brand": ["page", "card", "sunk", "brand-tint"],
    "brand-strong": ["card", "brand-tint", "sunk"],
    "on-brand": ["brand", "brand-strong"],
    "cdas": ["page", "card", "cdas-tint"],
    "caf": ["page", "card", "caf-tint"],
    "late": ["page", "card", "late-tint"],
    "soon": ["page", "card", "soon-tint"],
    "fine": ["page", "card", "fine-tint"],
}
SHAPE_ON = {
    "edge": ["page", "card"],
    "cdas": ["page", "card", "closed", "cdas-tint"],
    "caf": ["page", "card", "closed"],
    "series-1": ["card", "series-3"],
    "series-2": ["card"],
}


def _schemes() -> dict[str, dict[str, str]]:
    blocks = re.findall(r":root \{(.*?)\}", (STATIC / "relais.css").read_text(), re.DOTALL)
    light, dark = (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block)) for block in blocks[:2])
    return {"light": light, "dark": {**light, **dark}}


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_role_reaches_4_5_and_every_shape_3(scheme: str) -> None:
    """WCAG 1.4.3 and 1.4.11, computed from the stylesheet's own lines."""
    colours = _schemes()[scheme]
    weak = [
        (role, ground, round(_contrast(colours[role], colours[ground]), 2))
        for table, least in ((TEXT_ON, 4.5), (SHAPE_ON, 3.0))
        for role, grounds in table.items()
        for ground in grounds
        if _contrast(colours[role], colours[ground]) < least
    ]
    assert weak == []


def test_both_schemes_name_the_same_roles() -> None:
    light, dark = re.findall(r":root \{(.*?)\}", (STATIC / "relais.css").read_text(), re.DOTALL)[:2]
    names = [set(re.findall(r"--([\w-]+): #", block)) for block in (light, dark)]
    assert names[0] == names[1]


def test_the_dark_scheme_changes_colours_and_nothing_else() -> None:
    """Its pages have the form and the words of the light ones: by day axe looks at their colours alone."""
    style, asked = (STATIC / "relais.css").read_text(), "prefers-color-scheme"
    (block,) = re.findall(rf"{asked}: dark\) \{{\s*:root \{{(.*?)\}}\s*\}}", style, re.DOTALL)
    assert re.sub(r"--[\w-]+: (#[0-9a-f]{6}|none);", "", block).strip() == ""
    others = [*STATIC.glob("*.js"), *TEMPLATES]
    assert style.count(asked) == 1
    assert not any(asked in file.read_text() for file in others)


def test_one_scale_of_type() -> None:
    """Five sizes beside that of the text, named once; the screen of a meeting room has the same, larger."""
    sizes = set(re.findall(r"font-size: ([^;]+);", (STATIC / "relais.css").read_text()))
    names = ("tiny", "small", "lead", "large", "title")
    on_paper = {size for size in sizes if size.endswith("pt")}
    assert sizes - on_paper == {"1rem", "1.15em", "14px"} | {f"var(--{name})" for name in names}


def test_style_and_script_stay_light() -> None:
    """A page has 100 kB compressed for everything: style and script keep to their share, raw."""
    assert (STATIC / "relais.css").stat().st_size <= 49_000
    for name, most in {"relais.js": 8_192, "references.js": 4_608, "shortcuts.js": 4_096}.items():
        assert (STATIC / name).stat().st_size <= most
    assert sum(file.stat().st_size for file in (STATIC / "fonts").glob("*.woff2")) <= 36_000


@pytest.mark.parametrize(
    "folder", [STATIC / "fonts", ROOT / "tests/browser/vendor"], ids=lambda folder: folder.name
)
def test_vendored_files_are_those_named_in_source(folder: Path) -> None:
    named = dict(
        re.findall(
            r"^\| `([^`]+)` \|.*\| `([0-9a-f]{64})` \|$", (folder / "SOURCE.md").read_text(), re.MULTILINE
        )
    )
    assert named
    assert {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in named} == named


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_no_template_needs_an_exception_to_the_policy(template: Path) -> None:
    """`default-src 'self'`: no style or handler attribute, nothing inline, nothing from another host."""
    text = re.sub(r"\{#.*?#\}", "", template.read_text(), flags=re.DOTALL)
    if "emails" in template.parts:
        pytest.skip("a mail is not a page: its reader has its own policy")
    assert (
        re.findall(
            r"\sstyle\s*=|\son\w+\s*=\s*[\"']|<style|<script(?![^>]*\ssrc=)|(?:src|href)=[\"']https?://", text
        )
        == []
    )
