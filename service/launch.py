"""`relais demo start`: from an empty folder to a page that answers, and everything stopped together."""

import os
import signal
import socket
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from sqlalchemy.engine import make_url

from service import database, demonstration
from service.children import Children
from service.config import Config
from service.environment import SchedulerMode
from service.secret_values import fresh_secrets
from service.start import bring_up_to_date, open_house

ANSWER_WITHIN = 60.0
"""Seconds that the server has to answer `/healthz` for the first time."""

_TURN = 0.2
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_NAMES = {"server": "Le serveur", "scheduler": "L’ordonnanceur"}


class LaunchRefused(Exception):
    """The demonstration can not start, or had to stop; the text is French and says what to do."""


def start(console: Console) -> None:
    """Write `.env`, load the invented data, run server and scheduler until Ctrl-C.

    Refuses (LaunchRefused) a folder set up for real use, a port that is taken, and a child that dies.
    """
    write_settings(Path.cwd() / ".env")
    config = Config.from_environment()
    refuse_unfit(config)
    with _signals_interrupt():
        try:
            prepare_database(config, console)
            _run(config, console)
        except KeyboardInterrupt:
            console.print("La démonstration est arrêtée.")


def write_settings(path: Path) -> None:
    """Write a demonstration's settings with secrets of its own, for its owner's eyes. Never overwrites."""
    lines = [
        "# Écrit par « relais demo start ». Les autres réglages : .env.example.",
        "RELAIS_DEMONSTRATION=1",
        "RELAIS_LOG_LEVEL=WARNING",
        *(f"{variable}={value}" for variable, value in fresh_secrets().items()),
    ]
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def refuse_unfit(config: Config) -> None:
    """Refuse settings made for real use, and an address where something listens already."""
    if not config.demonstration:
        raise LaunchRefused(
            "Les réglages de ce dossier (.env) ne sont pas ceux d’une démonstration : rien n’a été lancé.\n"
            "Lancez-la depuis un autre dossier, ou écrivez RELAIS_DEMONSTRATION=1."
        )
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((config.bind, config.port))
        except OSError as refused:
            raise LaunchRefused(
                f"Le port {config.port} de {config.bind} est déjà pris, ou réservé.\n"
                f"Choisissez-en un autre : make demo PORT={config.port + 1}"
            ) from refused


def prepare_database(config: Config, console: Console) -> None:
    """Load the invented data where there is none yet, all or nothing; else bring the schema up to date."""
    url = make_url(config.database_url)
    if url.get_backend_name() != "sqlite" or Path(url.database or "").exists():
        bring_up_to_date(config)
        return
    path = Path(url.database or "")
    path.parent.mkdir(parents=True, exist_ok=True)
    console.print("Première fois : des mois de travail inventé sont en préparation, une à deux minutes.")
    with TemporaryDirectory(prefix="loading-", dir=path.parent) as folder:
        loading = Path(folder) / path.name
        load(config, loading, console)
        loading.replace(path)


def load(config: Config, where: Path | str, console: Console, **how: Any) -> None:
    """Fill a SQLite file that is made, or an empty database, with the invented data; `how`: `demonstration.load`.

    Everything is sealed with the keys of `config`. Refuses (LaunchRefused) settings made for real use.
    """
    if not config.demonstration:
        raise LaunchRefused(
            "Ces réglages (.env) ne sont pas ceux d’une démonstration : rien n’a été écrit.\n"
            "Les comptes inventés ont un mot de passe que tout le monde connaît."
        )
    open_house(config)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as shown:
        task = shown.add_task("Données inventées", total=None)
        demonstration.load(
            where, progress=lambda done, days: shown.update(task, completed=done, total=days), **how
        )
    database.engine().dispose()
    if isinstance(where, Path):
        _close_the_log(where)


def _close_the_log(path: Path) -> None:
    """Nothing stays in the write-ahead log: the file can be moved and copied alone."""
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


def _run(config: Config, console: Console) -> None:
    with Children() as children:
        children.start("server", [sys.executable, "-m", "gunicorn", "--config", "python:service.serving"])
        if config.scheduler is SchedulerMode.PROCESS:
            children.start("scheduler", [str(Path(sys.executable).with_name("relais")), "scheduler"])
        _wait_until_it_answers(config, children)
        _welcome(config, console)
        while True:
            _refuse_a_dead_child(children)
            time.sleep(_TURN)


def _wait_until_it_answers(config: Config, children: Children) -> None:
    deadline = time.monotonic() + ANSWER_WITHIN
    while not _answers(config):
        _refuse_a_dead_child(children)
        if time.monotonic() > deadline:
            raise LaunchRefused(
                f"Le serveur n’a pas répondu en {ANSWER_WITHIN:.0f} secondes : tout est arrêté."
            )
        time.sleep(_TURN)


def _answers(config: Config) -> bool:
    connection = HTTPConnection(config.bind, config.port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _refuse_a_dead_child(children: Children) -> None:
    dead = children.first_dead()
    if dead is not None:
        name, code = dead
        raise LaunchRefused(f"{_NAMES[name]} s’est arrêté tout seul (code {code}) : tout est arrêté.")


def _welcome(config: Config, console: Console) -> None:
    table = Table(title="Un compte de démonstration par rôle", title_justify="left")
    table.add_column("Identifiant", no_wrap=True)  # first and whole: it is what people copy
    table.add_column("Rôle")
    table.add_column("Service")
    for account in demonstration.SHOWCASE:
        table.add_row(account.email, account.role, account.unit)
    console.print(table)
    console.print(
        f"Mot de passe, le même pour tous : [bold]{demonstration.PASSWORD}[/bold], puis le code affiché"
    )
    console.print(f"Relais est ouvert : [bold]{config.public_url}[/bold]   (Ctrl-C pour arrêter)")


@contextmanager
def _signals_interrupt() -> Iterator[None]:
    """SIGTERM and a closed terminal end things as Ctrl-C does; a second one does not disturb the ending."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
