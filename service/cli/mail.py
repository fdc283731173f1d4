"""`relais intake` and `relais mailboxes`: messages that come in."""

import sys
from collections import Counter
from pathlib import Path

import click
from rich.console import Console
from rich.progress import track

from service.config import Config
from service.operations import imap_connection, imap_mailbox, mailbox
from service.start import open_house
from service.workflows import french


@click.command("intake")
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


@click.group("mailboxes")
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
