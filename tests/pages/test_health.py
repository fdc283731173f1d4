"""« Santé du service » and the scheduled jobs: who reads, who runs one now, what the signs say."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta

import pytest
from bs4 import BeautifulSoup

from service import clock
from service.accessibility import statement
from service.database import reading, transaction
from service.jobs import registry
from service.jobs.scheduler import shared_time
from service.jobs.turn import enrol, turn
from service.models import BackupMade, JobRun, MailboxPoll, ScheduledJob
from service.notifications import sending
from service.operations.directory import close_unit
from service.operations.scheduled_jobs import bring_forward, forget_old_runs, note_beat
from service.outside import Smtp, SmtpSecurity
from service.permissions import HOLDERS, Permission, Role
from service.queries import jobs as queries
from service.routes.pages.views import health_sheet
from tests.factories import World, a_submitted_ticket, today
from tests.pages.conftest import Visitor

LogIn = Callable[..., Visitor]


@pytest.fixture
def mail_server() -> Iterator[None]:
    """A mail server is set; nothing is sent here."""
    sending.configure(Smtp("mail.example", 25, SmtpSecurity.NONE, "", "", 5, "relais@test.example"))
    yield
    sending.configure(None)


def signs(visitor: Visitor) -> dict[str, str]:
    """The words of each sign, by its name."""
    page = BeautifulSoup(visitor.get("/sante").text, "html.parser")
    rows = page.select("#signes tbody tr")
    return {str(row.th.get_text()): " ".join(row.get_text(" ").split()) for row in rows if row.th}


def test_who_reads_and_who_runs(logged_in: LogIn) -> None:
    enrol()
    for role in Role:
        visitor = logged_in(role.value)
        reads = role in HOLDERS[Permission.READ_HEALTH]
        runs = role in HOLDERS[Permission.RUN_JOBS]
        for url in ("/sante", "/sante/taches/remind"):
            answer = visitor.get(url)
            assert answer.status_code == (200 if reads else 403), role
            assert ("Lancer maintenant" in answer.text) is (reads and runs), role
        if not runs:
            assert visitor.post("/sante/taches/remind/lancer").status_code == 403, role


def test_the_scheduler_that_never_turned_that_turns_and_that_stopped(logged_in: LogIn) -> None:
    admin = logged_in("admin")
    assert "n’a jamais tourné" in signs(admin)["Ordonnanceur"]
    note_beat("one:1", clock.now())
    note_beat("one:1", clock.now())
    note_beat("two:2", clock.now())
    assert "en marche : 2 processus" in signs(admin)["Ordonnanceur"]
    with transaction() as session:
        assert forget_old_runs(session) == 0
    later = clock.now() + timedelta(minutes=6)
    with clock.driven(lambda: later):
        assert "arrêté, dernier tour" in signs(admin)["Ordonnanceur"]
    tomorrow = clock.now() + timedelta(days=1, minutes=1)
    with clock.driven(lambda: tomorrow), transaction() as session:
        assert forget_old_runs(session) == 2


def test_without_a_mail_server_the_page_says_so_but_not_in_the_demonstration(
    world: World, logged_in: LogIn
) -> None:
    a_submitted_ticket(world.cdas_agent)
    assert "la démonstration n’en envoie aucun" in signs(logged_in("admin"))["Courriels à envoyer"]
    with reading() as session:
        found = queries.health(session, clock.now())
    real = health_sheet.signs(
        found, clock.now(), closings=[], sends=False, backs_up=False, demonstration=False
    )[1]
    assert (real["level"], real["words"]) == ("late", "1 courriel attend")
    assert "RELAIS_SMTP_HOST" in real["advice"]


def test_what_leads_to_a_unit_that_has_closed_meanwhile_is_told(world: World, logged_in: LogIn) -> None:
    """What is asked before the day of a closing comes back to nobody: it is told before that day, and after."""
    close_unit(world.admin, world.cdas_agent.unit_id, today() + timedelta(days=9))
    a_submitted_ticket(world.cdas_agent)
    told = signs(logged_in("admin"))["Service qui ferme"]
    assert "CDAS Pays de Redon ferme le" in told
    assert "et a part à 1 autre demande en cours" in told
    later = clock.now() + timedelta(days=10)
    with clock.driven(lambda: later):
        told = signs(logged_in("admin"))["Service fermé"]
    assert "CDAS Pays de Redon a part à 1 autre demande en cours" in told


@pytest.mark.usefixtures("mail_server")
def test_mails_that_wait_and_mailboxes_that_fail_are_told(world: World, logged_in: LogIn) -> None:
    admin = logged_in("admin")
    assert "aucun n’attend" in signs(admin)["Courriels à envoyer"]
    a_submitted_ticket(world.cdas_agent)
    assert "bien 1 courriel attend" in signs(admin)["Courriels à envoyer"]
    now = clock.now()
    with transaction() as session:
        session.add(
            MailboxPoll(name="a@imap.example/INBOX", polled_at=now, worked_at=now, failures=0, failure=None)
        )
        session.add(
            MailboxPoll(name="b@imap.example/INBOX", polled_at=now, failures=3, failure="mot de passe refusé")
        )
    later = now + timedelta(minutes=16)
    with clock.driven(lambda: later):
        assert "à réparer 1 courriel attend" in signs(admin)["Courriels à envoyer"]
        assert "bien relevée" in signs(admin)["Boîte a@imap.example/INBOX"]
        assert "mot de passe refusé" in signs(admin)["Boîte b@imap.example/INBOX"]


def test_a_job_is_run_now_once_and_its_run_is_shown(logged_in: LogIn) -> None:
    admin = logged_in("admin")
    assert admin.get("/sante/taches/nobody").status_code == 404
    assert admin.post("/sante/taches/remind/lancer").status_code == 404, "no scheduler has enrolled it"
    enrol(now=shared_time)
    assert "pas encore" in admin.get("/sante").text
    asked = admin.post("/sante/taches/clean_drafts/lancer")
    assert "va s’exécuter" in admin.get(asked.location).text
    with reading() as session:
        row = session.get_one(ScheduledJob, "clean_drafts")
        assert row.asked_by is not None
    again = admin.post("/sante/taches/clean_drafts/lancer")
    assert "déjà en cours" in admin.get(again.location).text
    jobs = tuple(job for job in registry.JOBS if job.name == "clean_drafts")
    assert [turn(jobs, shared_time), turn(jobs, shared_time)] == [1, 0]
    with reading() as session:
        assert session.query(JobRun).filter_by(name="clean_drafts").count() == 1
    page = admin.get("/sante/taches/clean_drafts").text
    assert "Dernières exécutions" in page
    assert "à l’heure" in page


def test_a_job_that_fails_shows_it_without_its_text(logged_in: LogIn) -> None:
    def broken(_session: object) -> int:
        raise ValueError("Madame Exemple-Le Gall")

    known = next(job for job in registry.JOBS if job.name == "clean_drafts")
    bad = registry.Job(known.name, known.label, known.trigger, broken)
    enrol((bad,), now=shared_time)
    with transaction() as session:
        assert bring_forward(session, bad.name)
    turn((bad,), shared_time)
    page = logged_in("admin").get("/sante").text
    assert "1 échec de suite" in page
    assert "ValueError" in page
    assert "Exemple-Le Gall" not in page


def test_without_a_folder_for_backups_the_page_says_so_and_with_one_when_the_last_was_made(
    logged_in: LogIn,
) -> None:
    admin, now = logged_in("admin"), clock.now()
    with reading() as session:
        found = queries.health(session, now)
    assert found.last_backup is None
    for backs_up, demonstration, level in (
        (False, False, "late"),
        (False, True, "fine"),
        (True, False, "late"),
    ):
        said = health_sheet.signs(
            found, now, closings=[], sends=True, backs_up=backs_up, demonstration=demonstration
        )
        assert [one["level"] for one in said if one["what"] == "Sauvegardes"] == [level]
    assert "dossier" in signs(admin)["Sauvegardes"] or "démonstration" in signs(admin)["Sauvegardes"]
    with transaction() as session:
        for hours, done in ((3, 1), (1, 0)):
            at = now - timedelta(hours=hours)
            session.add(JobRun(name=queries.BACKUP, slot=at, started_at=at, ended_at=at, done=done))
    with reading() as session:
        found = queries.health(session, now)
    assert found.last_backup == now - timedelta(hours=3), "a run that made nothing is no backup"
    assert health_sheet._backups(found, now)["level"] == "fine"
    for findings, level in ((2, "late"), (0, "fine")):
        with transaction() as session:
            session.add(BackupMade(made_at=now - timedelta(hours=findings), findings=findings))
        with reading() as session:
            sign = health_sheet._backups(queries.health(session, now), now)
        assert (sign["level"], "journal altéré, en 2 endroits" in sign["words"]) == (level, findings > 0)
    assert health_sheet._backups(found, now + timedelta(days=1))["level"] == "late"


def test_r_30_the_accessibility_statement_is_to_be_renewed_in_time(logged_in: LogIn) -> None:
    ends = datetime.combine(statement.expires_on(), time(9), UTC)
    for days, said in ((61, "bien"), (60, "à voir")):
        with clock.driven(lambda days=days: ends - timedelta(days=days)):  # type: ignore[misc]
            assert said in signs(logged_in("admin"))["Accessibilité"]
