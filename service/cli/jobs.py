"""`relais scheduler` and `relais jobs`: what runs by itself, seen and asked for."""

import click
from rich.console import Console
from rich.table import Table

from service import clock
from service.config import Config
from service.database import reading, transaction
from service.jobs import scheduler
from service.jobs.registry import JOBS
from service.operations.scheduled_jobs import bring_forward
from service.queries import jobs as job_queries
from service.start import open_house
from service.workflows import french


@click.command("scheduler")
def run_scheduler() -> None:
    """Exécute les tâches planifiées, jusqu'à ce qu'on l'arrête. Peut tourner en plusieurs exemplaires."""
    open_house(Config.from_environment())
    scheduler.run_for_ever()


@click.group("jobs", invoke_without_command=True)
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
