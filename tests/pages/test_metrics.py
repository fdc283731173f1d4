"""`/metrics`: absent without a token, closed without the right one, and nothing of a person in it (R-DP-1, R-PE-4)."""

import re
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from prometheus_client import Counter

from service import clock
from service.app import create_app
from service.config import ConfigurationError
from service.jobs.registry import JOBS
from service.jobs.turn import enrol
from service.permissions import Role
from tests import settings
from tests.factories import World, a_submitted_ticket
from tests.pages.conftest import Visitor
from tests.serving import serving

TOKEN = "un-jeton-de-mesure-assez-long-0123456789"
BEARER = f"Bearer {TOKEN}"
LINE = re.compile(r'relais_[a-z_]+(\{([a-z]+="[^"\\\n]*",?)+\})? -?[0-9.e+-]+')
CANARIES = ("Exemple-Le Gall", "Éloïse", "1234567", "test.example", "Essai", "UD-", "jeton")


@pytest.fixture
def watched(db: str, world: World) -> Flask:
    return create_app(settings.config(db, METRICS_TOKEN=TOKEN))


def test_without_a_token_there_is_no_such_page(app: Flask, world: World) -> None:
    assert Visitor(app).get("/metrics", Authorization=BEARER).status_code == 404
    with pytest.raises(ConfigurationError, match="METRICS_TOKEN"):
        settings.config(METRICS_TOKEN="court")


@pytest.mark.parametrize("header", ["", TOKEN, f"Bearer {TOKEN}x", "Bearer ", "Bearer é"])
def test_without_the_right_token_nothing_is_said(watched: Flask, header: str) -> None:
    answer = Visitor(watched).get("/metrics", Authorization=header)
    assert (answer.status_code, answer.text) == (401, "401\n")


def test_what_is_measured_names_nobody(watched: Flask, world: World) -> None:
    """Routes as the code writes them, codes of the tables, numbers."""
    enrol(JOBS)
    ticket = a_submitted_ticket(world.cdas_agent)
    browser = Visitor(watched)
    browser.log_in("cdas-agent@test.example")
    assert browser.get(f"/demandes/{ticket.reference}").status_code == 200
    browser.get("/chemin/inventé-Exemple-Le-Gall")
    browser.client.open("/connexion", method="INVENTED")
    later = clock.now() + timedelta(days=40)
    with clock.driven(lambda: later):
        text = Visitor(watched).get("/metrics", Authorization=BEARER).text
    lines = text.splitlines()
    assert all(LINE.fullmatch(line) for line in lines if not line.startswith("# ")), text
    assert not [word for word in CANARIES if word in text]
    assert not [role for role in Role if f'"{role}"' in text]
    for wanted in (
        'method="GET",route="/demandes/<reference>",status="200"} 1',
        'method="GET",route="none",status="404"} 1',
        'method="other"',
        "relais_request_duration_seconds_bucket",
        'relais_tickets_open{kind="urgent_rights",state="submitted"} 1',
        'relais_deadlines_missed{kind="urgent_rights"} 1',
        'relais_job_failures{job="send_outbox"} 0',
        "relais_mails_waiting ",
        "relais_webhooks_waiting 0",
        "relais_line_open ",
    ):
        assert wanted in text, wanted
    assert "child_protection_notice" not in text
    declared = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(declared) == len(set(declared))


def test_what_can_not_be_counted_is_answered_all_the_same(
    watched: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder is full, or a cleaner took it: what was done is done."""

    def full(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(Counter, "inc", full)
    answer = Visitor(watched).get("/connexion")
    assert answer.status_code == 200
    assert "Content-Security-Policy" in answer.headers


def test_the_processes_of_a_machine_count_together(db: str, world: World, tmp_path: Path) -> None:
    """Whichever of them answers the scrape."""
    with serving(db, tmp_path, "--workers", "2", METRICS_TOKEN=TOKEN) as address:
        for _ in range(20):
            assert got(address, "/connexion")[0] == 200
        said = [got(address, "/metrics")[1] for _ in range(4)]
    for text in said:
        assert 'relais_requests_total{method="GET",route="/connexion",status="200"} 20.0' in text


def got(address: str, path: str) -> tuple[int, str]:
    connection = HTTPConnection(urlsplit(address).netloc, timeout=10)
    try:
        connection.request("GET", path, headers={"Authorization": BEARER})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()
