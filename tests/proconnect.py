"""The provider of `tests.fake_proconnect`, started and asked."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

CLIENT, SECRET, HOME = "relais-tests", "secret-of-the-tests-only", "http://127.0.0.1:8000"
"""How Relais is registered there."""


@contextmanager
def a_provider() -> Iterator[str]:
    """The issuer of a provider that runs meanwhile."""
    provider = subprocess.Popen(
        [sys.executable, "-m", "tests.fake_proconnect"], stdout=subprocess.PIPE, text=True
    )
    assert provider.stdout is not None
    try:
        yield provider.stdout.readline().strip()
    finally:
        provider.terminate()
        provider.wait(10)
        provider.stdout.close()


def become(issuer: str, **person: Any) -> list[str]:
    """Who logs in at the provider from now on; gives whose sessions have ended there."""
    origin = issuer.removesuffix("/api/v2")
    with build_opener().open(Request(f"{origin}/as", json.dumps(person).encode()), timeout=10) as answer:
        ended: list[str] = json.load(answer)
        return ended


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Not followed: the test's browser does it."""


def follow(address: str) -> str:
    """What the provider's redirection leads to: a path of ours with its query."""
    try:
        build_opener(_Stay).open(address, timeout=10)
    except HTTPError as answer:
        with answer:
            if answer.code == 302:
                return str(answer.headers["Location"]).removeprefix(HOME)
            raise AssertionError(answer.read()) from None
    raise AssertionError("no redirection")
