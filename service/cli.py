"""The command `relais`: one group per matter, each command calling one function of the house."""

import sys
from pathlib import Path

import click
from rich.console import Console

from service import launch, migrate
from service.config import Config, ConfigurationError
from service.errors import Refusal
from service.jobs import scheduler
from service.operations import accounts, passwords, tokens
from service.permissions import Role
from service.schemas.accounts import Invite
from service.schemas.fields import load
from service.secret_values import fresh_secrets
from service.start import open_house
from service.workflows import diagram
from service.workflows.registry import WORKFLOWS

DOCUMENTS = Path(__file__).resolve().parents[1] / "docs" / "workflows"
"""The generated pages, one for each kind of ticket."""

_KIND = click.argument("kind", type=click.Choice(sorted(WORKFLOWS)))


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def commands() -> None:
    """Relais : les demandes que se font un Département et sa Caf."""


@commands.command("secrets")
def print_secrets() -> None:
    """Affiche des secrets neufs, à recopier dans .env."""
    for variable, value in fresh_secrets().items():
        click.echo(f"{variable}={value}")


@commands.command("scheduler")
def run_scheduler() -> None:
    """Exécute les tâches planifiées, jusqu'à ce qu'on l'arrête. Peut tourner en plusieurs exemplaires."""
    open_house(Config.from_environment())
    scheduler.run_for_ever()


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


@commands.group()
def workflow() -> None:
    """Les types de demandes, tels que le code les définit."""


@workflow.command("table")
@_KIND
def print_table(kind: str) -> None:
    """Affiche les états et les transitions d'un type de demande."""
    click.echo(diagram.table(WORKFLOWS[kind]), nl=False)


@workflow.command("diagram")
@_KIND
def print_diagram(kind: str) -> None:
    """Affiche le diagramme d'un type de demande (Mermaid)."""
    click.echo(diagram.mermaid(WORKFLOWS[kind]), nl=False)


@workflow.command("docs")
@click.option("--check", is_flag=True, help="Ne rien écrire ; refuser si une page n'est pas à jour.")
def write_documents(check: bool) -> None:
    """Écrit docs/workflows/, une page par type de demande."""
    due = {f"{kind}.md": diagram.page(row) for kind, row in WORKFLOWS.items()}
    kept = {path.name: path.read_text(encoding="utf-8") for path in DOCUMENTS.glob("*.md")}
    wrong = sorted(name for name in due | kept if due.get(name) != kept.get(name))
    if check and wrong:
        names = ", ".join(wrong)
        raise click.ClickException(f"À refaire dans docs/workflows/ : {names} (« relais workflow docs »).")
    DOCUMENTS.mkdir(parents=True, exist_ok=True)
    for name in wrong:
        if name in due:
            (DOCUMENTS / name).write_text(due[name], encoding="utf-8")
        else:
            (DOCUMENTS / name).unlink()


@commands.group()
def user() -> None:
    """Les comptes."""


@user.command("create")
@click.argument("email")
@click.option("--name", required=True, help="Prénom et nom.")
@click.option("--unit", required=True, help="Code du service, par exemple cdas-redon.")
@click.option("--role", required=True, type=click.Choice(list(Role)), help="Rôle dans ce service.")
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
        click.echo(f"Lien à remettre, valable {accounts.INVITATION_DAYS} jours :")
    click.echo(f"{config.public_url}{invited.path}" if invited else f"Mot de passe : {phrase}")


@commands.group()
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


def main() -> None:
    """Run the command line; a refusal is a sentence and exit code 1, not a trace."""
    try:
        commands(prog_name="relais")
    except (ConfigurationError, launch.LaunchRefused) as refusal:
        click.echo(str(refusal), err=True)
        sys.exit(1)
    except Refusal as refusal:
        fields = getattr(refusal, "fields", {})
        for line in [f"{name} : {said}" for name, sentences in fields.items() for said in sentences] or [
            refusal.detail
        ]:
            click.echo(line, err=True)
        sys.exit(1)
