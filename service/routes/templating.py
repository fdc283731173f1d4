"""The engine of the templates: Flask's, made quicker where a page has fifty rows."""

from collections.abc import Callable, Iterable, Iterator, MutableMapping
from functools import lru_cache
from typing import Any

from flask.sansio.app import App
from flask.templating import Environment
from jinja2.ext import Extension
from jinja2.lexer import Token

from service.workflows import french


class FrenchSpaces(Extension):
    """The words of a template keep together what French keeps together; done once, when the template is read.

    Every text between tags and every string of a template is taken for words: no code, key or path of a drawing may
    hold a space before a double sign.
    """

    def filter_stream(self, stream: Iterable[Token]) -> Iterator[Token]:
        """The same tokens, the spaces of guillemets and double signs unbroken."""
        for token in stream:
            words = token.type in ("data", "string")
            yield Token(token.lineno, token.type, french.unbroken(token.value)) if words else token


class Templates(Environment):
    """`row.name` of a dict looks for the key first: trying the attribute costs an exception each time."""

    def __init__(self, app: App, **options: Any) -> None:
        super().__init__(app, **options)
        self.add_extension(FrenchSpaces)
        self.filters |= {"unbroken": french.unbroken, "capital": french.capital}
        self.globals |= {"once_for_all": once_for_all}

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """One dict, where Jinja chains two that each page copies name by name: all are there before the first page."""
        return {**self.globals, **(d or {})}

    def getattr(self, obj: Any, attribute: str) -> Any:
        """The key of a plain dict, else what Jinja finds."""
        if type(obj) is dict and attribute in obj:
            return obj[attribute]
        try:
            return getattr(obj, attribute)
        except AttributeError:
            return super().getattr(obj, attribute)


def once_for_all(macro: Callable[..., str], most: int = 64) -> Callable[..., str]:
    """The same macro for every page, run once for the same words, of which the `most` last asked for are kept.

    Only where no word is of a family: they stay in memory.
    """
    return lru_cache(maxsize=most)(macro)
