"""Requests that two servers could read in two ways, sent octet by octet to the server as it runs for people."""

import re
import socket
from pathlib import Path
from urllib.parse import urlsplit

from tests.serving import serving

HEAD = b"POST /connexion HTTP/1.1\r\nHost: 127.0.0.1\r\n"
HIDDEN = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"

AMBIGUOUS = {
    "both lengths": HEAD + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "two lengths": HEAD + b"Content-Length: 0\r\nContent-Length: 45\r\n\r\n" + HIDDEN,
    "a list of lengths": HEAD + b"Content-Length: 0, 45\r\n\r\n" + HIDDEN,
    "a signed length": HEAD + b"Content-Length: +0\r\n\r\n" + HIDDEN,
    "a negative length": HEAD + b"Content-Length: -1\r\n\r\n" + HIDDEN,
    "a length in hexadecimal": HEAD + b"Content-Length: 0x0\r\n\r\n" + HIDDEN,
    "a length of many figures": HEAD + b"Content-Length: " + b"9" * 30 + b"\r\n\r\n",
    "chunked twice": HEAD + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "chunked, then identity": HEAD + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + HIDDEN,
    "unknown coding": HEAD + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "coding with a control sign": HEAD + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "space before the colon": HEAD + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "folded header": HEAD + b"X-A: b\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "chunk of no figure": HEAD + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n\r\n" + HIDDEN,
    "chunk with a sign": HEAD + b"Transfer-Encoding: chunked\r\n\r\n+0\r\n\r\n" + HIDDEN,
    "underscores for dashes": HEAD + b"Content_Length: 45\r\nContent-Length: 0\r\n\r\n",
    "control sign in a name": HEAD + b"X-\x00: a\r\n\r\n",
    "control sign in a value": HEAD + b"X-A: a\x00b\r\n\r\n",
    "line feed in a value": HEAD + b"X-A: a\rTransfer-Encoding: chunked\r\n\r\n",
    "two hosts": b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\n\r\n",
    "another host in the line": b"GET http://evil.example/healthz HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "version of nobody": b"GET /healthz HTTP/9.9\r\nHost: 127.0.0.1\r\n\r\n",
    "method of signs": b"G\x01T /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "endless line": b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "endless header": HEAD + b"X-A: " + b"a" * 20000 + b"\r\n\r\n",
    "two hundred headers": HEAD + b"".join(b"X-%d: a\r\n" % one for one in range(200)) + b"\r\n",
    "trace": b"TRACE /connexion HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: relais=canary\r\n\r\n",
    "connect": b"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n",
}


def answers(place: str, sent: bytes) -> bytes:
    """All that comes back, until the server closes or says nothing for a moment."""
    host, port = place.split(":")
    with socket.create_connection((host, int(port)), timeout=10) as talking:
        talking.sendall(sent)
        talking.shutdown(socket.SHUT_WR)
        received = b""
        while block := _next(talking):
            received += block
        return received


def _next(talking: socket.socket) -> bytes:
    try:
        return talking.recv(65536)
    except ConnectionResetError:
        return b""


def test_what_can_be_read_in_two_ways_is_read_in_none(sqlite_url: str, tmp_path: Path) -> None:
    """Smuggling: the hidden request is never done; what follows a refusal is refused at most, then comes the end.

    Afterwards the server still works.
    """
    with serving(sqlite_url, tmp_path, WORKERS="1", THREADS="2") as address:
        place = urlsplit(address).netloc
        for name, sent in AMBIGUOUS.items():
            said = answers(place, sent)
            first, *others = re.findall(rb"HTTP/1\.1 (\d{3})", said) or [b""]
            assert first != b"200", name
            assert others in ([], [b"400"]), name
            assert b"canary" not in said, name
            assert b"Traceback" not in said, name
        assert answers(place, HIDDEN).startswith(b"HTTP/1.1 200")
