"""Logs hold no personal data: only listed keys pass, from our lines and from the libraries'."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
import structlog

from service import logs

CANARY = "Démo-Canari 1990175350012"
Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """What the process has written, parsed, with logging as in production; put back as it was afterwards."""
    root = logging.getLogger()
    before = (list(root.handlers), root.level)
    written = io.StringIO()
    logs.configure(demonstration=False, level="INFO")
    root.handlers = [logs.handler(demonstration=False, stream=written)]
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    root.handlers[:], root.level = before
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def test_a_line_says_when_who_what(lines: Lines) -> None:
    request_id = logs.begin_request()
    logs.logger("service.tickets").info(
        "ticket.opened", role="cdas_agent", reference="R-2026-00017", status=201
    )
    (line,) = lines()
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "level": "info",
        "logger": "service.tickets",
        "event": "ticket.opened",
        "request_id": request_id,
        "role": "cdas_agent",
        "reference": "R-2026-00017",
        "status": 201,
    }


def test_an_unlisted_key_is_dropped_and_its_name_told(lines: Lines) -> None:
    logs.logger("service").info("person.found", name=CANARY, nir=CANARY, count=1)
    (line,) = lines()
    assert line["dropped"] == ["name", "nir"]
    assert line["count"] == 1
    assert CANARY not in json.dumps(line, ensure_ascii=False)


def test_a_sentence_is_not_an_event(lines: Lines) -> None:
    logs.logger("service").warning(f"person {CANARY} not found")
    (line,) = lines()
    assert line["event"] == "unnamed_event"


def test_an_exception_is_told_without_its_text(lines: Lines) -> None:
    try:
        try:
            raise KeyError(CANARY)
        except KeyError as cause:
            raise ValueError(CANARY) from cause
    except ValueError:
        logs.logger("service").exception("request.failed")
    (line,) = lines()
    assert line["error"] == "builtins.ValueError < builtins.KeyError"
    assert line["trace"][-1].endswith("test_an_exception_is_told_without_its_text")
    assert CANARY not in json.dumps(line, ensure_ascii=False)


def test_a_library_keeps_its_template_without_its_values(lines: Lines) -> None:
    try:
        raise RuntimeError(CANARY)
    except RuntimeError:
        logging.getLogger("gunicorn.error").exception("Error handling request %s", f"/recherche?nom={CANARY}")
    (line,) = lines()
    assert line["event"] == "Error handling request %s"
    assert line["error"] == "builtins.RuntimeError"
    assert CANARY not in json.dumps(line, ensure_ascii=False)


def test_objects_and_long_texts_do_not_pass_whole(lines: Lines) -> None:
    account = UUID("01920000-0000-7000-8000-000000000001")
    logs.logger("service").info("odd", account_id=account, code=object(), result="x" * 5000)
    (line,) = lines()
    assert line["account_id"] == str(account)
    assert line["code"] == "<object>"
    assert len(line["result"]) < 250


def test_a_line_break_does_not_make_a_line(lines: Lines) -> None:
    logs.logger("service").info("login.failed", result="non\n{}\r\n")
    assert len(lines()) == 1


def test_requests_do_not_share_their_identifier(lines: Lines) -> None:
    first = logs.begin_request()
    structlog.contextvars.bind_contextvars(account_id="somebody")
    second = logs.begin_request()
    logs.logger("service").info("request.done")
    (line,) = lines()
    assert first != second
    assert line["request_id"] == second
    assert "account_id" not in line


def test_the_demonstration_is_readable() -> None:
    written = io.StringIO()
    output = logs.handler(demonstration=True, stream=written)
    output.emit(logging.LogRecord("gunicorn.error", logging.INFO, __file__, 1, "Listening", (), None))
    assert "Listening" in written.getvalue()
    assert not written.getvalue().startswith("{")
