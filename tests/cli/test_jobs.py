"""`relais jobs`: what runs by itself, seen and asked for from a terminal."""

import pytest

from service.jobs.registry import JOBS
from service.jobs.scheduler import shared_time
from service.jobs.turn import enrol, turn
from tests.cli.test_accounts import relais


@pytest.fixture
def url(sqlite_db: str) -> str:
    """A database whose jobs are enrolled."""
    enrol(now=shared_time)
    return sqlite_db


def test_every_job_is_listed_and_one_is_asked_for(url: str) -> None:
    shown = relais(url, "jobs")
    assert shown.returncode == 0, shown.stderr
    assert [job.name for job in JOBS if job.name not in shown.stdout] == []
    assert "au prochain tour." in relais(url, "jobs", "run", "clean_drafts").stdout
    assert "déjà en cours" in relais(url, "jobs", "run", "clean_drafts").stdout
    assert turn(tuple(job for job in JOBS if job.name == "clean_drafts"), shared_time) == 1
    assert "clean_drafts │ –" not in relais(url, "jobs").stdout
    unknown = relais(url, "jobs", "run", "nothing")
    assert unknown.returncode == 2
    assert "Traceback" not in unknown.stderr
