"""Every message of `tests/corpus` gives what `expected.toml` says, no more and no less (workflows.md §1)."""

import tomllib
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from service.notifications.incoming import IncomingMessage, Unreadable, read, recognise
from service.workflows import nir
from service.workflows.urgency import Benefit

CORPUS = Path(__file__).parents[1] / "corpus"
RECEIVED_AT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
EXPECTED: dict[str, dict[str, Any]] = tomllib.loads((CORPUS / "expected.toml").read_text("utf-8"))
READABLE = sorted(name for name, expected in EXPECTED.items() if "unreadable" not in expected)


def raw(name: str) -> bytes:
    return (CORPUS / f"{name}.eml").read_bytes()


def message(name: str) -> IncomingMessage:
    found = read(raw(name), RECEIVED_AT)
    assert isinstance(found, IncomingMessage), found
    return found


def test_every_file_has_its_line_and_the_corpus_stays_large() -> None:
    assert sorted(EXPECTED) == sorted(path.stem for path in CORPUS.glob("*.eml"))
    assert len(EXPECTED) >= 45


def test_every_benefit_is_recognised_at_least_once() -> None:
    assert {expected.get("fields", {}).get("benefit") for expected in EXPECTED.values()} >= set(Benefit)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_message_of_the_corpus_gives_what_is_expected(name: str) -> None:
    found = read(raw(name), RECEIVED_AT)
    assert summary(found) == EXPECTED[name]


@pytest.mark.parametrize("name", READABLE)
def test_r_dp_7_no_nir_is_left_in_anything_returned(name: str) -> None:
    found = message(name)
    texts = [found.subject, found.text, found.forwarded, found.quoted, found.sender_name, found.sender or ""]
    texts += [file.name for file in found.attachments]
    texts += [file.content.decode("utf-8", "replace") for file in found.attachments]
    assert [text for text in texts if nir.find(text)] == []


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_reading_twice_gives_the_same(name: str) -> None:
    assert read(raw(name), RECEIVED_AT) == read(raw(name), RECEIVED_AT)


def summary(found: IncomingMessage | Unreadable) -> dict[str, Any]:
    """What was read, without the ordinary values, in the words of `expected.toml`."""
    if isinstance(found, Unreadable):
        values: dict[str, Any] = {
            "unreadable": found.reason.value,
            "sender": found.sender,
            "nir_masked": found.nir_masked,
        }
    else:
        fields = recognise(found.content, found.subject, found.written_on)
        values = {
            "automatic": found.automatic_reason and found.automatic_reason.value,
            "keyword": found.keyword,
            "forward": found.is_forward,
            "from_cdap": found.from_cdap,
            "sender": next(iter(found.origins), None),
            "references": list(found.references),
            "nir_masked": found.nir_masked,
            "attachments": [file.name for file in found.attachments],
            "fields": {name: as_written(value) for name, value in fields.items()},
        }
    return {name: value for name, value in values.items() if value}


def as_written(value: object) -> object:
    """A value of a field as TOML holds it."""
    if isinstance(value, Decimal):
        return str(value)
    return value if isinstance(value, (date, bool)) else str(value)
