"""The addresses that stand on every page: of the menu, the footer and the files of the page itself."""

from functools import lru_cache
from typing import Any

from flask import request, url_for


def fixed(endpoint: str, **values: Any) -> str:
    """The address of what is the same for everybody, put together once for each prefix under which Relais is served."""
    return _built(request.root_path, endpoint, **values)


@lru_cache(maxsize=512)
def _built(_prefix: str, endpoint: str, **values: Any) -> str:
    return url_for(endpoint, **values)
