"""`relais workflow`: the kinds of tickets as the code has them, and the documents that it writes."""

from pathlib import Path

import click

from service import models
from service.inventory import page as inventory
from service.inventory.register import missing
from service.workflows import diagram, who_may
from service.workflows.registry import WORKFLOWS

DOCUMENTS = Path(__file__).resolve().parents[2] / "docs" / "workflows"
"""The generated pages, one for each kind of ticket."""
INVENTORY = DOCUMENTS.parent / inventory.NAME

_KIND = click.argument("kind", type=click.Choice(sorted(WORKFLOWS)))


@click.group()
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
