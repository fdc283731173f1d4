"""`relais directory`: units, communes, sectors, from files."""

from pathlib import Path

import click

from service.config import Config
from service.directory.findings import DirectoryRefused
from service.operations import directory
from service.start import open_house


@click.group("directory")
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
