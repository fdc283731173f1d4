"""No pattern of the service can be made slow by what it is given (A-05): each is tried on texts made to hold it up."""

import importlib
import inspect
import pkgutil
import re
import time
from collections.abc import Callable, Iterator

import service
from tests import scale

LENGTH = scale.count(5_000, 20_000)
MOST_SECONDS = 0.4
"""Of the processor's time; a pattern that tries every way takes minutes."""

SPOILING = ("!", "\n", "é")
REPEATED = (
    *("a", "A", "1", " ", "\n", "\t", "-", ".", ",", ":", "<", "&", "(", '"', "=", "é", "\u0301", "_"),
    *("1 ", "a ", " \n", "- ", "a.", "a@", "@a.", "1/", "<a ", "a=", "Re: ", "FR", "2A", "é ", "> ", "www."),
)


_LOOKED_FOR = r"\b{}\.(?:search|finditer|findall|sub|subn|split)\("
_STARTS_SOMETHING = frozenset({"service.serving"})
"""Reads its settings as it is imported."""

Apply = Callable[[str], object]


def patterns() -> Iterator[tuple[str, Apply]]:
    """Every compiled pattern that a module of the service has under a name, applied as that module applies it."""
    for found in pkgutil.walk_packages(service.__path__, "service."):
        if found.name in _STARTS_SOMETHING:
            continue
        module = importlib.import_module(found.name)
        source = inspect.getsource(module)
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
                anywhere = re.search(_LOOKED_FOR.format(re.escape(name)), source)
                yield f"{found.name}.{name}", value.search if anywhere else value.match
            elif isinstance(value, tuple | list | frozenset):
                for pattern in (one for one in value if isinstance(one, re.Pattern)):
                    yield f"{found.name}.{name}", pattern.search


def test_no_pattern_takes_long_over_any_text() -> None:
    tried = 0
    for name, apply in patterns():
        tried += 1
        for piece in REPEATED:
            for end in SPOILING:
                text = piece * (LENGTH // len(piece)) + end
                began = time.process_time()
                apply(text)
                assert time.process_time() - began < MOST_SECONDS, (name, piece, end)
    assert tried > 30
