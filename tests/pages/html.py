"""What a page says and what its forms would send, read like a person reads it."""

import re
from collections.abc import Mapping

from bs4 import BeautifulSoup, Tag
from werkzeug.test import TestResponse


def soup(answer: TestResponse) -> BeautifulSoup:
    """The page."""
    return BeautifulSoup(answer.text, "html.parser")


def text_of(answer: TestResponse) -> str:
    """The words of the main part, spaces of every kind made one."""
    main = soup(answer).select_one("main")
    return plain(main.get_text(" ")) if main else ""


def plain(text: str) -> str:
    """Spaces of every kind made one."""
    return re.sub(r"\s+", " ", text).strip()


def summary_of(answer: TestResponse) -> str:
    """What the head of the page says is to be corrected."""
    found = soup(answer).select_one("[data-error-summary]")
    return plain(found.get_text(" ")) if found else ""


def beside(answer: TestResponse, name: str) -> str:
    """The sentences beside a field."""
    field = soup(answer).select_one(f"#champ-{name}")
    holder = field if field is not None and field.name == "fieldset" else field and field.parent
    return (
        plain(" ".join(one.get_text(" ") for one in holder.select(".error")))
        if isinstance(holder, Tag)
        else ""
    )


def fields_of(answer: TestResponse, form: str) -> Mapping[str, str]:
    """What the form chosen by that selector would send, untouched."""
    found = soup(answer).select_one(form)
    assert found is not None, form
    sent = {}
    for one in found.select("input[name], textarea[name]"):
        if one.get("type") not in ("radio", "checkbox") or one.has_attr("checked"):
            # the first line break of a textarea belongs to the markup
            text = one.get_text().removeprefix("\n") if one.name == "textarea" else str(one.get("value", ""))
            sent[str(one["name"])] = text
    for one in found.select("select[name]"):
        chosen = one.select_one("option[selected]") or one.select_one("option")
        sent[str(one["name"])] = str(chosen["value"]) if chosen else ""
    return {name: value for name, value in sent.items() if name != "csrf_token"}


def buttons_of(answer: TestResponse) -> list[str]:
    """The labels of what can be pressed in the main part."""
    return [plain(one.get_text(" ")) for one in soup(answer).select("main .button, main .button-link")]
