"""The command `relais`: one group per matter, each command calling one function of the house."""

import sys
from pathlib import Path

import click
from rich.console import Console

from service import launch, migrate
from service.config import Config, ConfigurationError
from service.secret_values import fresh_secrets


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def commands() -> None:
    """Relais : les demandes que se font un Département et sa Caf."""


@commands.command("secrets")
def print_secrets() -> None:
    """Affiche des secrets neufs, à recopier dans .env."""
    for variable, value in fresh_secrets().items():
        click.echo(f"{variable}={value}")


@commands.group()
def db() -> None:
    """La base de données."""


@db.command("upgrade")
def upgrade_database() -> None:
    """Met le schéma de la base à jour."""
    migrate.upgrade(Config.from_environment().database_url)
    click.echo("La base est à jour.")


@commands.group()
def demo() -> None:
    """La démonstration, sur cette machine seulement."""


@demo.command("load")
@click.argument("path", type=click.Path(path_type=Path, exists=False))
def load_demonstration(path: Path) -> None:
    """Écrit les données inventées dans un fichier SQLite neuf."""
    if path.exists():
        raise click.ClickException(f"{path} existe déjà : rien n’a été écrit.")
    launch.load(Config.from_environment(), path)


@demo.command("start")
def start_demonstration() -> None:
    """Prépare la démonstration si besoin, et l'ouvre."""
    launch.start(Console())


def main() -> None:
    """Run the command line; a refusal is a sentence and exit code 1, not a trace."""
    try:
        commands(prog_name="relais")
    except (ConfigurationError, launch.LaunchRefused) as refusal:
        click.echo(str(refusal), err=True)
        sys.exit(1)
