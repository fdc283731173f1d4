"""Answers of other services: each has so many seconds and octets, however slowly or endlessly it is sent."""

import time
from collections.abc import Iterator
from typing import Any

from requests import PreparedRequest, RequestException, Response
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

CONNECT_WITHIN, SILENT_AT_MOST, ANSWER_WITHIN = 3.0, 5.0, 10.0
"""Seconds."""
LARGEST_ANSWER = 256 * 1024
_BLOCK = 65536


class Bounded(HTTPAdapter):
    """What a session of `requests` mounts. Raises RequestException beyond the bounds."""

    def send(self, request: PreparedRequest, *_: Any, **options: Any) -> Response:
        """Send, and take the whole answer within the bounds."""
        until = time.monotonic() + ANSWER_WITHIN
        options |= {"stream": True, "timeout": (CONNECT_WITHIN, SILENT_AT_MOST)}
        answer = super().send(request, **options)
        try:
            answer._content = b"".join(_blocks(answer, until))
        except HTTPError as failed:
            raise RequestException(type(failed).__name__) from failed
        finally:
            answer.close()
        answer._content_consumed = True
        return answer


def _blocks(answer: Response, until: float) -> Iterator[bytes]:
    size = 0
    while block := answer.raw.read1(_BLOCK, decode_content=True):
        size += len(block)
        if size > LARGEST_ANSWER or time.monotonic() > until:
            raise RequestException("too long")
        yield block
