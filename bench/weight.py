"""What a page weighs on the way to the browser, compressed as a proxy in front would."""

import gzip
import re
from dataclasses import dataclass
from http.client import HTTPConnection

from bench.driver import Call, Unexpected

_LINKED = re.compile(r'(?:href|src)="(/static/[^"]+\.(?:css|js)[^"]*)"')
_PACKED = re.compile(r'url\("?([^")]+\.woff2[^")]*)"?\)')
_LEVEL = 6


@dataclass(frozen=True, slots=True)
class Weight:
    """In bytes: the page, compressed and as it is; its styles and scripts, compressed; its fonts, kept for good."""

    page: int
    plain: int
    linked: int
    fonts: int

    @property
    def whole(self) -> int:
        """The first visit, fonts apart."""
        return self.page + self.linked


def of(port: int, page: Call) -> Weight:
    """Ask for the page, and for everything that it links."""
    html = _body(port, page.raw)
    linked, fonts = 0, 0
    for path in dict.fromkeys(_LINKED.findall(html.decode())):
        body = _body(port, _like(page.raw, path))
        linked += _compressed(body)
        for name in dict.fromkeys(_PACKED.findall(body.decode())):
            fonts += len(_body(port, _like(page.raw, f"/static/{name.removeprefix('/static/')}")))
    return Weight(page=_compressed(html), plain=len(html), linked=linked, fonts=fonts)


def _compressed(body: bytes) -> int:
    return len(gzip.compress(body, _LEVEL))


def _like(raw: bytes, path: str) -> bytes:
    """The same request for another address."""
    _, _, rest = raw.partition(b"\r\n")
    return f"GET {path} HTTP/1.1\r\n".encode() + rest


def _body(port: int, raw: bytes) -> bytes:
    first, *lines = raw.decode().split("\r\n")
    method, path, _ = first.split()
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    headers = dict(line.split(": ", 1) for line in lines if line)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200:
        raise Unexpected(f"{path} → {answer.status}")
    return body
