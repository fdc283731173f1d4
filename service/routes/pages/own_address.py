"""Addresses of ours that a browser gives back: only a path that leads to a page of this application is followed."""

import re
from urllib.parse import urlsplit

from flask import current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

_PLAIN = re.compile(r"/(?![/\\])[!-\[\]-~]*")
_LONGEST = 500


def endpoint_at(address: str, method: str = "GET") -> str | None:
    """The endpoint behind a relative address of ours; None for anything else, another host first of all."""
    if len(address) > _LONGEST or not _PLAIN.fullmatch(address):
        return None
    parts = urlsplit(address)
    adapter = current_app.create_url_adapter(request)
    if parts.scheme or parts.netloc or adapter is None:
        return None
    try:
        endpoint: str = adapter.match(parts.path, method=method)[0]
    except (HTTPException, RequestRedirect):
        return None
    return endpoint
