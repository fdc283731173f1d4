"""`relais user` and `relais token`: who enters, and what programs enter with."""

import sys
from functools import partial
from pathlib import Path

import click

from service.config import Config
from service.operations import accounts, accounts_import, invitations, passwords, tokens
from service.permissions import Role
from service.schemas.accounts import Invite
from service.schemas.fields import load
from service.start import open_house
from service.workflows import french, people_file


@click.group()
def user() -> None:
    """Les comptes."""


@user.command("create")
@click.argument("email")
@click.option("--name", required=True, help="Prénom et nom.")
@click.option("--unit", required=True, help="Code du service, par exemple cdas-redon.")
@click.option(
    "--role", required=True, type=click.Choice([role.value for role in Role]), help="Rôle dans ce service."
)
@click.option("--password", is_flag=True, help="Donner un mot de passe tiré au hasard, au lieu d'un lien.")
def create_user(email: str, name: str, unit: str, role: str, password: bool) -> None:
    """Ouvre un compte, et affiche une seule fois de quoi y entrer."""
    config = Config.from_environment()
    open_house(config)
    given = load(Invite(), {"email": email, "name": name, "unit": unit, "role": role})
    phrase = passwords.propose() if password else None
    _, invited = accounts.install(
        email=given["email"], name=given["name"], unit_code=given["unit"], role=given["role"], password=phrase
    )
    if invited:
        click.echo(f"Lien à remettre, valable {invitations.DAYS} jours :")
    click.echo(f"{config.public_url}{invited.path}" if invited else f"Mot de passe : {phrase}")


@user.command("import")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--confirm", is_flag=True, help="Ouvrir les comptes ; sans cela, rien n'est fait.")
@click.option("--right-lines", is_flag=True, help="Avec --confirm : passer les lignes à corriger.")
def import_users(path: Path, confirm: bool, right_lines: bool) -> None:
    """Dit ce que ferait l'import des personnes du fichier CSV PATH, ou le fait avec --confirm.

    \b
    Colonnes : nom ; prénom ; adresse électronique ; service ; rôle ; désigné ; adjoint
    """
    config = Config.from_environment()
    open_house(config)
    check = partial(load, Invite())
    try:
        text = people_file.decoded(path.read_bytes())
        found = accounts_import.plan(None, text, check)
    except people_file.Unreadable as refused:
        raise click.ClickException(str(refused)) from None
    for line in found.wrong:
        click.echo(f"Ligne {line.number} : {' '.join(line.mistakes)}", err=True)
    for line in found.known:
        click.echo(f"Ligne {line.number} : cette adresse a déjà un compte, laissé comme il est.")
    if not confirm:
        click.echo(
            f"{french.counted(len(found.right), 'personne serait invitée', 'personnes seraient invitées')}."
        )
        sys.exit(1 if found.wrong else 0)
    for person, invited in accounts_import.carry_out(None, text, check, right_lines_only=right_lines):
        sent = f"{config.public_url}{invited.path}" if invited.secret else "invitation envoyée"
        click.echo(f"{person.email} : {sent}")


@click.group()
def token() -> None:
    """Les jetons d'accès à l'API."""


@token.command("create")
@click.argument("email")
@click.option("--label", required=True, help="À quoi il servira.")
@click.option("--days", default=tokens.USUAL_LIFETIME_DAYS, type=click.Choice(tokens.LIFETIMES_DAYS))
def create_token(email: str, label: str, days: int) -> None:
    """Crée un jeton pour un compte, et l'affiche une seule fois."""
    open_house(Config.from_environment())
    click.echo(tokens.create_for(email, label, days))
