"""`relais secrets`: what `.env` asks for, drawn at random."""

import click

from service.secret_values import fresh_backup_key, fresh_secrets


@click.command("secrets")
def print_secrets() -> None:
    """Affiche des secrets neufs, à recopier dans .env."""
    for variable, value in fresh_secrets().items():
        click.echo(f"{variable}={value}")
    click.echo(f"RELAIS_BACKUP_KEY={fresh_backup_key()}")
