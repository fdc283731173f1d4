"""A real HTTP server that takes webhooks: what it answers is planned, what it got is kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


@dataclass
class Receiver:
    """Its address; the status of the next answers, 204 without a plan; the headers and body of each request."""

    url: str = ""
    plan: list[int] = field(default_factory=list)
    taken: list[tuple[dict[str, str], str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.taken]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver on this machine; a redirect leads to another path of it."""
    books = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            books.taken.append(({name.lower(): value for name, value in self.headers.items()}, text))
            books.paths.append(self.path)
            self.send_response(books.plan.pop(0) if books.plan else 204)
            self.send_header("Location", f"{books.url}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            books.paths.append(self.path)
            self.send_error(500)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        books.url = f"http://127.0.0.1:{server.server_port}/hook"
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield books
        server.shutdown()
