"""A small seed of the benchmark, and what its tests share."""

import pickle
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from bench.seeding import fill, work_on
from bench.staff import Staff
from service import database
from tests import run_folder
from tests.postgres import Cluster

SEEDED = 400
_SEED = "relais_bench_seed"


@pytest.fixture(scope="session")
def seed(postgres_cluster: Cluster) -> Path:
    """A small seed, made once a run: the file names who works there; the database is `_SEED`, to copy."""

    def make(path: Path) -> None:
        staff = fill(postgres_cluster.create(_SEED), SEEDED, lambda done: None)
        path.write_bytes(pickle.dumps(staff))
        database.engine().dispose()

    return run_folder.made_once(_SEED, make)


@pytest.fixture
def postgresql_url(postgres_cluster: Cluster, seed: Path) -> Iterator[str]:
    """A fresh copy of the seed."""
    name = f"t_{uuid4().hex[:16]}"
    yield postgres_cluster.create(name, seed.name)
    postgres_cluster.drop(name)


@pytest.fixture
def staff(postgresql_url: str, seed: Path) -> Iterator[Staff]:
    """The process works on a small seed; gives the people who work there."""
    work_on(postgresql_url)
    yield pickle.loads(seed.read_bytes())
    database.engine().dispose()
