"""Technical logs: JSON lines on stderr, readable ones in the demonstration. Only the keys listed here pass.

What people write, who they write about, cookies and tokens never reach a log: an unlisted key is dropped (its
name stays, so that the author notices), an exception is told by its type and places without its text, and a
library's message keeps its template without its values.
"""

import logging
import re
import sys
import traceback
import uuid
from types import TracebackType
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

KEPT = frozenset(
    {
        *("timestamp", "level", "logger", "event", "request_id", "dropped"),
        *("method", "route", "status", "duration_ms", "retry_after"),
        *("account_id", "institution", "unit_id", "role", "action", "result", "code", "rule", "factor"),
        *("reference", "kind", "transition", "count"),
        *("job", "mailbox", "slot", "attempt", "delay_s", "revision", "version", "pid", "port"),
        *("error", "trace"),
    }
)
_MACHINERY = frozenset({"_record", "_from_structlog"})
_EVENT_NAME = re.compile(r"[a-z0-9_]+([.][a-z0-9_]+)*")
_LONGEST_TEXT = 200
_LONGEST_TRACE = 15
# These speak of every turn or statement; only their warnings are worth a line.
_TALKATIVE = ("apscheduler", "sqlalchemy", "asyncio", "urllib3", "charset_normalizer")


def configure(*, demonstration: bool, level: str) -> None:
    """Send the whole process's logs, ours and the libraries', through the one list of keys."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.contextvars.merge_contextvars,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(handlers=[handler(demonstration=demonstration)], level=level, force=True)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def handler(*, demonstration: bool, stream: TextIO | None = None) -> logging.Handler:
    """A handler that writes each record as one line, on stderr unless told otherwise."""
    renderer: Processor = structlog.processors.JSONRenderer(ensure_ascii=False)
    if demonstration:
        renderer = structlog.dev.ConsoleRenderer(colors=(stream or sys.stderr).isatty())
    output = logging.StreamHandler(stream)
    output.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.contextvars.merge_contextvars, *_SHARED],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
            # A library's message without its values: a path or a parameter may carry what somebody typed.
            use_get_message=False,
        )
    )
    return output


def begin_request() -> str:
    """Forget this thread's previous request; every line until the next call carries the new identifier."""
    request_id = uuid.uuid4().hex
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=request_id)
    return request_id


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """The logger of a module. An event is a constant name: `log.info("ticket.opened", reference=…)`."""
    bound: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return bound


def keep_listed(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Drop every key that is not listed and tell the names of those; an event is a name, not a sentence."""
    ours = "_record" not in event
    if ours and not _EVENT_NAME.fullmatch(str(event.get("event"))):
        event["event"] = "unnamed_event"
    dropped = sorted(event.keys() - KEPT - _MACHINERY)
    kept = {name: _plain(name, value) for name, value in event.items() if name not in dropped}
    return {**kept, "dropped": dropped} if dropped else kept


def tell_exception_without_text(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Replace an exception by the types of its chain and the places it went through: its text may quote."""
    event.pop("stack_info", None)
    given = event.pop("exc_info", None)
    raised = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(raised, BaseException):
        event["error"] = " < ".join(_chain(raised))
        event["trace"] = _places(raised.__traceback__)
    return event


def _chain(raised: BaseException | None) -> list[str]:
    names: list[str] = []
    while raised is not None and len(names) < _LONGEST_TRACE:
        names.append(f"{type(raised).__module__}.{type(raised).__qualname__}")
        raised = raised.__cause__ or raised.__context__
    return names


def _places(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-_LONGEST_TRACE:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


def _plain(name: str, value: object) -> object:
    if name in _MACHINERY or value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list):
        return [_plain("", item) for item in value]
    text = str(value) if isinstance(value, str | uuid.UUID) else f"<{type(value).__name__}>"
    return text if len(text) <= _LONGEST_TEXT else text[:_LONGEST_TEXT] + "…"


_SHARED: tuple[Processor, ...] = (
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    tell_exception_without_text,
    keep_listed,
)
