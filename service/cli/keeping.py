"""`relais db`, `backup`, `restore`, `seals` and `verify`: what the database holds, kept and proved."""

import sys
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import TextIO

import click

from service.backup import making, moving
from service.backup.archive import BackupRefused
from service.config import Config
from service.database import engine, reading, snapshot
from service.operations import elimination_register
from service.operations.verification import Verification
from service.queries.seals import every_seal
from service.start import bring_up_to_date, open_house
from service.workflows import french, seals
from service.workflows.verifying import Finding


@click.command("backup")
@click.argument("destination", required=False, type=click.Path(path_type=Path))
def back_up(destination: Path | None) -> None:
    """Sauvegarde toute la base dans un fichier chiffré, puis l'essaie : restauré à côté, compté, journal vérifié.

    DESTINATION : un fichier à créer, ou un dossier ; sinon RELAIS_BACKUP_FOLDER. On peut continuer à travailler.
    """
    config = Config.from_environment()
    open_house(config)
    where = destination or config.backup_folder
    if where is None:
        raise BackupRefused("Nommez un fichier ou un dossier, ou réglez RELAIS_BACKUP_FOLDER.")
    made = making.make(config.database_url, _backup_key(config), where)
    restored = french.counted(
        _rows(made), "ligne restaurée à côté et comparée", "lignes restaurées à côté et comparées"
    )
    click.echo(f"{made.path} : {restored}.")
    _tell(made.findings)


@click.command("restore")
@click.argument("source", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--replace", is_flag=True, help="Perdre ce que la base contient.")
@click.option(
    "--register",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Le registre des éliminations [celui de RELAIS_BACKUP_FOLDER, sinon celui à côté de SOURCE].",
)
@click.option(
    "--without-register", is_flag=True, help="Ouvrir avec les personnes éliminées depuis la sauvegarde."
)
def restore_backup(source: Path, replace: bool, register: Path | None, without_register: bool) -> None:
    """Restaure la sauvegarde SOURCE dans la base de RELAIS_DATABASE_URL, tout ou rien. Arrêtez d'abord le service.

    Ce qui a été éliminé depuis qu'elle a été faite l'est de nouveau avant que la base n'ouvre.
    """
    config = Config.from_environment()
    open_house(config, look_inside=not replace)
    made = making.restore(
        config.database_url,
        _backup_key(config),
        source,
        replace=replace,
        register=register or _register_near(source),
        without_register=without_register,
    )
    click.echo(
        f"La base est celle du {french.instant(made.manifest.made)} : {french.counted(_rows(made), 'ligne')}."
    )
    if made.erased:
        click.echo(f"{french.counted(made.erased, 'demande')} depuis éliminées, effacées de nouveau.")
    _tell(made.findings)


@click.group()
def db() -> None:
    """La base de données."""


@db.command("upgrade")
def upgrade_database() -> None:
    """Met la base à jour : son schéma, puis les données de départ qui lui manquent.

    Sans effet sur une base déjà à jour. Ce qui a été changé dans Relais (horaires, réglages) est gardé.
    """
    bring_up_to_date(Config.from_environment())
    click.echo("La base est à jour.")


@db.command("move")
@click.argument("source", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def move_database(source: Path) -> None:
    """Copie la base SQLite SOURCE dans la base PostgreSQL vide de RELAIS_DATABASE_URL, tout ou rien.

    Arrêtez d'abord le service. Gardez les mêmes clés ; SOURCE ne change pas.
    """
    config = Config.from_environment()
    open_house(config, look_inside=False)
    rows = moving.move(f"sqlite:///{source}", config.database_url)
    copied = french.counted(sum(rows.values()), "ligne copiée et comparée", "lignes copiées et comparées")
    click.echo(f"{copied} ; le journal concorde.")


def _register_near(source: Path) -> Path:
    own = elimination_register.path()
    return own if own is not None and own.exists() else source.with_name(elimination_register.NAME)


def _backup_key(config: Config) -> bytes:
    if config.backup_key is None:
        raise BackupRefused(
            "La clé des sauvegardes manque : RELAIS_BACKUP_KEY (« relais secrets » en fait une)."
        )
    return config.backup_key


def _rows(made: making.Made) -> int:
    return sum(made.manifest.rows.values())


def _tell(findings: Sequence[Finding]) -> None:
    """Say where the journal does not agree, the first place first; exit code 1 if anywhere."""
    for finding in findings:
        click.echo(str(finding), err=True)
    if findings:
        sys.exit(1)


@click.group("seals")
def seals_group() -> None:
    """Les sceaux du journal."""


@seals_group.command("export")
@click.argument("file", type=click.File("w", encoding="utf-8", lazy=True), default="-")
def export_seals(file: TextIO) -> None:
    """Écrit tous les sceaux dans FILE (sinon à l'écran) : à garder par l'autre institution, hors de cette machine."""
    open_house(Config.from_environment())
    with reading() as session:
        for line in seals.written(every_seal(session)):
            file.write(f"{line}\n")


@click.command("verify")
@click.option(
    "--seals",
    "exported",
    type=click.File(encoding="utf-8"),
    help="Des sceaux exportés plus tôt, à retrouver tels quels.",
)
def verify_journal(exported: TextIO | None) -> None:
    """Recalcule le journal de chaque demande et chaque sceau, et nomme le premier endroit altéré.

    Ne change rien. Sort avec le code 1 si quelque chose ne concorde pas.
    """
    open_house(Config.from_environment())
    try:
        known = list(seals.read(exported)) if exported else []
    except seals.UnfitSeals as unfit:
        raise click.ClickException(str(unfit)) from None
    with snapshot(engine()) as session:
        looked = Verification(session, known)
        found = list(islice(looked.findings(), making.FINDINGS))
    _tell(found)
    click.echo(
        f"Tout concorde : {french.counted(looked.requests, 'demande', 'demandes')}, "
        f"{french.counted(looked.entries, 'entrée', 'entrées')}, "
        f"{french.counted(looked.seals, 'sceau', 'sceaux')}"
        f"{f', dont {len(known)} déjà exportés' if known else ''}."
    )
