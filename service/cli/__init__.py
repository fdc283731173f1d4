"""The command `relais`: one module per matter, each command calling one function of the house."""

import sys

import click

from service import launch
from service.cli import accounts, demo, directory, jobs, keeping, mail, secrets, workflow
from service.config import ConfigurationError
from service.errors import Refusal

_COMMANDS: tuple[click.Command, ...] = (
    accounts.user,
    accounts.token,
    demo.demo,
    directory.directory_group,
    jobs.run_scheduler,
    jobs.jobs_group,
    keeping.back_up,
    keeping.restore_backup,
    keeping.db,
    keeping.seals_group,
    keeping.verify_journal,
    mail.take_messages_in,
    mail.mailboxes_group,
    secrets.print_secrets,
    workflow.workflow,
)


@click.group(commands=_COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
def commands() -> None:
    """Relais : les demandes que se font un Département et sa Caf."""


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
