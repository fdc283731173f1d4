"""« Santé du service »: is everything that must run by itself running; the scheduled jobs, one by one."""

from datetime import datetime
from typing import Any

from flask import current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from service import clock
from service.backup import nightly
from service.database import reading
from service.errors import NotVisible
from service.jobs.registry import JOBS, Job
from service.notifications import sending
from service.operations.scheduled_jobs import run_now
from service.permissions import Permission, may
from service.queries import directory
from service.queries import jobs as queries
from service.routes.guard import present_actor, requires
from service.routes.pages.blueprint import pages
from service.routes.pages.confirmation import confirm
from service.routes.pages.entering import SHOWCASE
from service.routes.pages.views import health_sheet

RUNS_SHOWN = 50


@pages.get("/sante")
@requires(Permission.READ_HEALTH)
def health() -> str:
    """What runs by itself: the scheduler, mails, mailboxes, calendars; then each job with its last and next run."""
    now = clock.now()
    with reading() as session:
        signs = signs_now(session, now)
        scheduled, runs = queries.scheduled(session), queries.last_runs(session)
    return render_template(
        "health/health.html",
        signs=signs,
        jobs=[health_sheet.job(job, scheduled.get(job.name), runs.get(job.name), now) for job in JOBS],
        may_run=may(present_actor(), Permission.RUN_JOBS),
    )


def signs_now(session: Session, now: datetime) -> list[dict[str, Any]]:
    """What is watched and what was found (`health_sheet.signs`)."""
    return health_sheet.signs(
        queries.health(session, now - queries.ALIVE_WITHIN),
        now,
        closings=directory.closings(session, now),
        backs_up=nightly.is_configured(),
        sends=sending.server() is not None,
        demonstration=current_app.extensions[SHOWCASE] is not None,
    )


@pages.get("/sante/taches/<name>")
@requires(Permission.READ_HEALTH)
def job_page(name: str) -> str:
    """One job: what it does, when, and its last runs."""
    row, now = _job(name), clock.now()
    with reading() as session:
        scheduled = queries.scheduled(session).get(name)
        runs = queries.runs_of(session, name, RUNS_SHOWN)
    shown: dict[str, Any] = health_sheet.job(row, scheduled, runs[0] if runs else None, now)
    return render_template(
        "health/job.html",
        job=shown,
        runs=[health_sheet.run(one, now) for one in runs],
        may_run=may(present_actor(), Permission.RUN_JOBS),
    )


@pages.post("/sante/taches/<name>/lancer")
@requires(Permission.RUN_JOBS)
def run_job(name: str) -> ResponseReturnValue:
    """Ask that it runs at the scheduler's next turn."""
    row = _job(name)
    if run_now(present_actor(), name):
        confirm(
            f"« {row.label} » va s’exécuter.",
            "L’ordonnanceur la prend à son prochain tour, dans quelques secondes ; rechargez cette page.",
        )
    else:
        confirm(f"« {row.label} » est déjà en cours, ou sur le point de l’être.")
    return redirect(url_for("pages.job_page", name=name), 303)


def _job(name: str) -> Job:
    found = next((job for job in JOBS if job.name == name), None)
    if found is None:
        raise NotVisible
    return found
