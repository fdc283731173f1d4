"""`relais demo`: invented data, and a server that shows them."""

from datetime import datetime
from pathlib import Path

import click
from rich.console import Console

from service import launch
from service.config import Config
from service.demonstration.loading import SEED, TICKETS


@click.group()
def demo() -> None:
    """La démonstration, sur cette machine seulement."""


@demo.command("load")
@click.argument("where", metavar="DESTINATION")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="Dernier jour des données [aujourd'hui].")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Premier jour [1er janvier de l'an passé].")
@click.option(
    "--tickets",
    default=TICKETS,
    type=click.IntRange(0),
    show_default=True,
    help="Nombre de demandes, environ.",
)
@click.option("--seed", default=SEED, show_default=True, help="Un autre nombre donne d'autres données.")
def load_demonstration(
    where: str, today: datetime | None, since: datetime | None, tickets: int, seed: int
) -> None:
    """Écrit les données inventées dans DESTINATION : un fichier SQLite neuf, ou l'adresse d'une base vide.

    Tout est scellé avec les clés de .env ; le même jour et le même nombre --seed donnent les mêmes données.

    \b
    Exemples :
      relais demo load var/essai.sqlite3
      relais demo load petit.sqlite3 --tickets 200 --since 2026-09-01
      relais demo load postgresql+psycopg://relais@localhost/essai
    """
    destination = where if "://" in where else Path(where)
    if isinstance(destination, Path) and destination.exists():
        raise click.ClickException(f"{where} existe déjà : rien n’a été écrit.")
    launch.load(
        Config.from_environment(),
        destination,
        Console(),
        today=today.date() if today else None,
        since=since.date() if since else None,
        tickets=tickets,
        seed=seed,
    )
    click.echo(f"Les données inventées sont dans {where}.")


@demo.command("start")
def start_demonstration() -> None:
    """Prépare la démonstration si besoin, et l'ouvre."""
    launch.start(Console())
