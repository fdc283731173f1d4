"""`relais user create` and `relais token create`: the first account comes from the machine, secrets are shown once."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from service.database import transaction
from service.operations import invitations, login, tokens
from service.operations.login import SessionRules
from service.permissions import Role
from tests import settings as test_settings
from tests.factories import seeded_world
from tests.second_step import through

RULES = SessionRules(idle=timedelta(minutes=20), absolute=timedelta(hours=10))
WHO = ("user", "create", "first@test.example", "--name", "Démo-Première", "--unit", "administration")


@pytest.fixture
def url(sqlite_db: str) -> str:
    with transaction() as session:
        seeded_world(session)
    return sqlite_db


def relais(url: str, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(Path(sys.executable).with_name("relais")), *words],
        env={**os.environ, **test_settings.environment(url), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_account_with_seven_words_enters_at_once(url: str) -> None:
    made = relais(url, *WHO, "--role", "admin", "--password")
    assert made.returncode == 0, made.stderr
    phrase = made.stdout.strip().removeprefix("Mot de passe : ")
    assert len(phrase.split()) == 7
    secret = through(login.log_in("first@test.example", phrase, "192.0.2.1", RULES), RULES)
    found = login.find(secret, RULES, active=True)
    assert found is not None
    assert found.actor.role is Role.ADMIN


def test_an_account_by_link_and_a_token_for_a_program(url: str) -> None:
    made = relais(url, *WHO, "--role", "admin")
    assert made.returncode == 0, made.stderr
    link = made.stdout.splitlines()[-1]
    assert invitations.account_of(link.rpartition("/")[2]).email == "first@test.example"
    token = relais(url, "token", "create", "caf-agent@test.example", "--label", "essai", "--days", "30")
    assert token.returncode == 0, token.stderr
    assert tokens.find(token.stdout.strip()) is not None


@pytest.mark.parametrize(
    "words",
    [
        (*WHO, "--role", "cdas_agent"),
        ("user", "create", "not an address", "--name", "x", "--unit", "administration", "--role", "admin"),
        ("token", "create", "nobody@test.example", "--label", "essai"),
    ],
)
def test_a_refusal_is_a_sentence_and_no_trace(url: str, words: tuple[str, ...]) -> None:
    refused = relais(url, *words)
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert refused.stderr.strip().endswith(".")
    assert "Traceback" not in refused.stderr


def test_a_file_of_people_is_looked_at_then_imported(url: str, tmp_path: Path) -> None:
    """Nothing is done without `--confirm`, nor while a line is wrong."""
    people = tmp_path / "gens.csv"
    right = "Exemple;Noé;noe@test.example;cdas-redon;cdas_agent\n"
    people.write_text(f"nom;prénom;courriel;service;rôle\n{right}Exemple;Zoé;zoe;cdas-redon;cdas_agent\n")
    refused = relais(url, "user", "import", str(people), "--confirm")
    assert refused.returncode == 1
    assert "Ligne 3 : « adresse électronique »" in refused.stderr
    assert refused.stdout == ""
    done = relais(url, "user", "import", str(people), "--confirm", "--right-lines")
    assert done.returncode == 0, done.stderr
    link = done.stdout.splitlines()[-1]
    assert invitations.account_of(link.rpartition("/")[2]).email == "noe@test.example"
