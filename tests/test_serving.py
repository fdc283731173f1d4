"""The server as it runs for people: gunicorn on the demonstration's data, and a browser in front of it."""

from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def test_the_server_answers(live_server: str) -> None:
    with closing(HTTPConnection(urlsplit(live_server).netloc, timeout=10)) as connection:
        connection.request("GET", "/healthz")
        assert connection.getresponse().status == 200


def test_a_page_opens_in_french_and_calls_no_other_host(live_server: str, page: Page) -> None:
    called: set[str] = set()
    page.on("request", lambda request: called.add(urlsplit(request.url).netloc))
    answer = page.goto(live_server)
    assert answer is not None
    assert answer.status == 200
    assert page.locator("html").get_attribute("lang") == "fr"
    assert called == {urlsplit(live_server).netloc}
