"""docs/api_client.py works as it stands, against a real server; so does `/metrics`, for who has the token."""

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from service.database import transaction
from service.operations import tokens
from tests.api.conftest import a_body
from tests.factories import seeded_world
from tests.serving import serving

CLIENT = Path(__file__).resolve().parents[2] / "docs" / "api_client.py"
WATCHER = "un-jeton-de-mesure-assez-long-0123456789"


def test_the_example_opens_a_request_once_for_one_key(sqlite_db: str, tmp_path: Path) -> None:
    with transaction() as session:
        world = seeded_world(session)
    token = tokens.create(world.cdas_agent, "exemple")
    changes = {"WORKERS": "1", "METRICS_TOKEN": WATCHER}
    with serving(sqlite_db, tmp_path, **changes) as address:
        said = {_run(address, token, json.dumps(a_body())) for _ in range(2)}
        with pytest.raises(HTTPError, match="401"):
            _scrape(address, "x" * 40)
        measured = _scrape(address, WATCHER)
    (told,) = said
    assert told.startswith("UD-")
    assert told.endswith(" submitted\n")
    assert 'method="POST",route="/api/v1/tickets",status="201"} 1.0\n' in measured
    assert 'relais_tickets_open{kind="urgent_rights",state="submitted"} 1.0\n' in measured


def _run(address: str, token: str, body: str) -> str:
    return subprocess.run(
        [sys.executable, str(CLIENT), address, "the-same-key"],
        env={**os.environ, "TOKEN": token},
        input=body,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def _scrape(address: str, token: str) -> str:
    asked = Request(f"{address}/metrics", headers={"Authorization": f"Bearer {token}"})
    with urlopen(asked, timeout=30) as answer:
        return str(answer.read().decode())
