"""The command `relais`: one group per matter, each command calling one function of the house."""

import sys
from collections import Counter
from datetime import datetime
from functools import partial
from pathlib import Path

import click
from rich.console import Console
from rich.progress import track
from rich.table import Table

from service import clock, keeping, launch, models
from service.config import Config, ConfigurationError
from service.database import reading, transaction
from service.demonstration.loading import SEED, TICKETS
from service.directory.findings import DirectoryRefused
from service.errors import Refusal
from service.inventory import page as inventory
from service.inventory.register import missing
from service.jobs import scheduler
from service.jobs.registry import JOBS
from service.operations import (
    accounts,
    accounts_import,
    directory,
    imap_connection,
    imap_mailbox,
    mailbox,
    passwords,
    tokens,
)
from service.operations.scheduled_jobs import bring_forward
from service.permissions import Role
from service.queries import jobs as job_queries
from service.schemas.accounts import Invite
from service.schemas.fields import load
from service.secret_values import fresh_backup_key, fresh_secrets
from service.start import bring_up_to_date, open_house
from service.workflows import diagram, french, people_file, who_may
from service.workflows.registry import WORKFLOWS

DOCUMENTS = Path(__file__).resolve().parents[1] / "docs" / "workflows"
"""The generated pages, one for each kind of ticket."""
INVENTORY = DOCUMENTS.parent / inventory.NAME

_KIND = click.argument("kind", type=click.Choice(sorted(WORKFLOWS)))


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def commands() -> None:
    """Relais : les demandes que se font un Département et sa Caf."""


for _command in keeping.COMMANDS:
    commands.add_command(_command)


@commands.command("secrets")
def print_secrets() -> None:
    """Affiche des secrets neufs, à recopier dans .env."""
    for variable, value in fresh_secrets().items():
        click.echo(f"{variable}={value}")
    click.echo(f"RELAIS_BACKUP_KEY={fresh_backup_key()}")


@commands.command("scheduler")
def run_scheduler() -> None:
    """Exécute les tâches planifiées, jusqu'à ce qu'on l'arrête. Peut tourner en plusieurs exemplaires."""
    open_house(Config.from_environment())
    scheduler.run_for_ever()


@commands.group("jobs", invoke_without_command=True)
@click.pass_context
def jobs_group(context: click.Context) -> None:
    """Les tâches planifiées : dernière et prochaine exécution, échecs."""
    if context.invoked_subcommand is not None:
        return
    open_house(Config.from_environment())
    now, table = clock.now(), Table("tâche", "dernière", "durée", "faits", "prochaine", "échec")
    with reading() as session:
        scheduled, runs = job_queries.scheduled(session), job_queries.last_runs(session)
    for job in JOBS:
        row, last = scheduled.get(job.name), runs.get(job.name)
        table.add_row(
            job.name,
            french.instant(last.started_at) if last else "–",
            french.duration(int((last.ended_at - last.started_at).total_seconds())) if last else "–",
            str(last.done) if last else "–",
            french.instant(row.next_slot)
            if row and row.next_slot > now
            else "au prochain tour"
            if row
            else "–",
            f"{french.instant(row.failed_at)} : {row.failure}" if row and row.failed_at else "–",
        )
    Console().print(table)


@jobs_group.command("run")
@click.argument("name", type=click.Choice([job.name for job in JOBS]))
def run_job(name: str) -> None:
    """Demande que la tâche NAME s'exécute au prochain tour de l'ordonnanceur, et non à son heure."""
    open_house(Config.from_environment())
    with transaction() as session:
        asked = bring_forward(session, name)
    click.echo(f"{name} : {'au prochain tour.' if asked else 'déjà en cours, ou jamais inscrite.'}")


@commands.command("intake")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
def take_messages_in(paths: tuple[Path, ...]) -> None:
    """Prend les messages reçus : fichiers .eml, dossiers, boîtes Maildir. Rien n'y est déplacé ni effacé.

    Peut être relancé sans risque : un message déjà connu ne fait rien de plus.
    """
    open_house(Config.from_environment())
    files, console = mailbox.files_of(paths), Console()
    found: Counter[str] = Counter()
    for path in track(files, "Messages", console=console, disable=not console.is_terminal):
        fate = mailbox.take_in(path)
        if fate is None:
            click.echo(f"{path.name} : disparu ou illisible, passé.", err=True)
        found["gone" if fate is None else "again" if fate.again else fate.code] += 1
    click.echo(french.counted(len(files), "message", "messages") + " :")
    for code, label in mailbox.WORDS.items():
        if found[code]:
            click.echo(f"  {found[code]:>6}  {label}")


@commands.group("mailboxes")
def mailboxes_group() -> None:
    """Les boîtes aux lettres que Relais relève."""


@mailboxes_group.command("check")
def check_mailboxes() -> None:
    """Essaie chaque boîte et dit ce qui ne va pas. Aucun message n'est pris ni déplacé.

    Les dossiers « Relais/traités » et « Relais/à part » y sont créés s'ils manquent.
    """
    config = Config.from_environment()
    open_house(config)
    failed = False
    for box in config.imap_mailboxes:
        waiting, failure = imap_mailbox.check(box)
        failed |= failure is not None
        count = french.counted(waiting, "message attend", "messages attendent")
        click.echo(
            f"{box.name} : {imap_connection.FAILURES[failure] if failure else f'tout va bien, {count}'}."
        )
    if not config.imap_mailboxes:
        click.echo("Aucune boîte n’est réglée (RELAIS_IMAP_MAILBOXES).")
    if failed:
        sys.exit(1)


@commands.group()
def db() -> None:
    """La base de données."""


@db.command("upgrade")
def upgrade_database() -> None:
    """Met la base à jour : son schéma, puis les données de départ qui lui manquent.

    Sans effet sur une base déjà à jour. Ce qui a été changé dans Relais (horaires, réglages) est gardé.
    """
    bring_up_to_date(Config.from_environment())
    click.echo("La base est à jour.")


db.add_command(keeping.move_database)


@commands.group("directory")
def directory_group() -> None:
    """L'annuaire : services, communes, secteurs, et qui couvre quoi."""


@directory_group.command("import")
@click.argument("folder", required=False, type=click.Path(path_type=Path, exists=True, file_okay=False))
def import_directory(folder: Path | None) -> None:
    """Enregistre l'annuaire lu dans FOLDER, ou celui fourni avec Relais si FOLDER est omis.

    \b
    FOLDER contient cinq fichiers, sur le modèle de service/directory/data :
      units.toml            les services des deux institutions
      communes_35.csv       les communes
      rennes_quarters.csv   les quartiers de Rennes
      sectors.csv           les secteurs du service social de la Caf
      coverage.csv          le CDAS et le secteur de chaque commune ou quartier
    et, si les lieux de permanence sont connus :
      permanences.csv       le secteur et le lieu de chaque permanence

    Tout est vérifié avant d'être enregistré : à la moindre anomalie, elles sont toutes nommées et rien ne change.
    Recommencer avec le même dossier ne change rien. Les horaires choisis pour un service et le travailleur
    social d'un secteur sont gardés.

    \b
    Exemple : cp -r service/directory/data mon-annuaire, corrigez mon-annuaire, puis
              relais directory import mon-annuaire
    """
    open_house(Config.from_environment())
    try:
        done = directory.import_directory(folder) if folder else directory.import_directory()
    except DirectoryRefused as refused:
        raise click.ClickException(f"{refused}\n{refused.advice}") from None
    click.echo(
        f"{done.units} services, {done.communes} communes, {done.sectors} secteurs, "
        f"{done.coverage} lignes de couverture : {done.changed or 'aucun'} "
        f"changement{'s' if done.changed > 1 else ''}."
    )
    for name in done.kept:
        click.echo(f"Gardé, bien qu'absent du dossier : {name}.")


@commands.group()
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
    """Écrit docs/workflows/, une page par type de demande, docs/rights.md et docs/personal-data.md."""
    _write_inventory(check)
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
    _write_rights(check=check)


def _write_rights(*, check: bool) -> None:
    path = DOCUMENTS.with_name("rights.md")
    if path.exists() and path.read_text(encoding="utf-8") == who_may.page():
        return
    if check:
        raise click.ClickException("À refaire : docs/rights.md (« relais workflow docs »).")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(who_may.page(), encoding="utf-8")


def _write_inventory(check: bool) -> None:
    columns = {name: tuple(table.columns.keys()) for name, table in models.Base.metadata.tables.items()}
    if owed := missing(columns):
        raise click.ClickException("\n".join(["L’inventaire des données est incomplet.", *owed]))
    due = inventory.page()
    if INVENTORY.is_file() and INVENTORY.read_text(encoding="utf-8") == due:
        return
    if check:
        raise click.ClickException("À refaire : docs/personal-data.md (« relais workflow docs »).")
    INVENTORY.write_text(due, encoding="utf-8")


@commands.group()
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
        click.echo(f"Lien à remettre, valable {accounts.INVITATION_DAYS} jours :")
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
