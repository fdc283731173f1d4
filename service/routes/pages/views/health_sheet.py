"""The health of the machinery in words: a sign for each thing that must work by itself, a line for each job."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from service.accessibility import statement
from service.jobs.registry import Job
from service.jobs.turn import VANISHED
from service.models import JobRun, MailboxPoll, ScheduledJob
from service.queries.directory import Closing
from service.queries.jobs import Health
from service.routes.pages.views import moments
from service.workflows import calendars, french

Shown = dict[str, Any]

MAIL_LATE = timedelta(minutes=15)
"""A mail that has waited for so long says that the mail server does not answer, or that none is set."""

MAILBOX_LATE = timedelta(minutes=30)
BACKUP_LATE = timedelta(hours=26)
_SHORT = 10


def signs(
    found: Health,
    now: datetime,
    *,
    closings: Sequence[Closing],
    sends: bool,
    backs_up: bool,
    demonstration: bool,
) -> list[Shown]:
    """What is watched, what was found, and whether somebody has to look.

    `closings`: the units that close and to which requests lead; `sends`: a mail server is set; `backs_up`: a folder is
    named for backups.
    """
    return [
        _scheduler(found, now),
        _mails(found, now) if sends else _no_server(found, demonstration=demonstration),
        _refused(found),
        *(_mailbox(poll, now) for poll in found.mailboxes),
        _backups(found, now) if backs_up else _no_backups(demonstration=demonstration),
        *(_closing(one, now) for one in closings),
        _school_holidays(now),
        _accessibility(now),
    ]


def job(row: Job, scheduled: ScheduledJob | None, last: JobRun | None, now: datetime) -> Shown:
    """A job with its last run, its next one, and what went wrong last."""
    return {
        "name": row.name,
        "label": row.label,
        "rhythm": row.rhythm,
        "last": run(last, now) if last else None,
        "next": moments.near(scheduled.next_slot, now) if scheduled else None,
        "state": list(_state(scheduled, now)),
        "failure": _failure(scheduled, now),
    }


def run(one: JobRun, now: datetime) -> Shown:
    """One run: when, how long it took, how many things it did."""
    return {
        "when": moments.near(one.started_at, now),
        "iso": moments.iso(one.started_at),
        "slot": moments.near(one.slot, now),
        "took": french.duration(int((one.ended_at - one.started_at).total_seconds())),
        "done": one.done,
    }


def _state(scheduled: ScheduledJob | None, now: datetime) -> Iterator[str]:
    """The level and the words of the pill."""
    if scheduled is None:
        yield from ("none", "jamais lancée")
    elif scheduled.leased_by is not None and scheduled.leased_until and scheduled.leased_until >= now:
        yield from ("going", "en cours")
    elif scheduled.failures:
        yield from ("late", french.counted(scheduled.failures, "échec de suite", "échecs de suite"))
    elif scheduled.next_slot <= now - timedelta(minutes=_SHORT):
        yield from ("late", "en retard")
    else:
        yield from ("fine", "à l’heure")


def _failure(scheduled: ScheduledJob | None, now: datetime) -> str | None:
    if scheduled is None or scheduled.failed_at is None:
        return None
    when = moments.near(scheduled.failed_at, now)
    if scheduled.failure == VANISHED:
        return f"{when} : le processus qui s’en chargeait a disparu"
    return f"{when} : {scheduled.failure}"


def _scheduler(found: Health, now: datetime) -> Shown:
    if found.last_turn is None:
        return _sign("Ordonnanceur", "late", "n’a jamais tourné", "Lancez « relais scheduler ».")
    when = moments.near(found.last_turn, now)
    if not found.schedulers:
        return _sign("Ordonnanceur", "late", f"arrêté, dernier tour {when}", "Lancez « relais scheduler ».")
    how_many = french.counted(found.schedulers, "processus", "processus")
    return _sign("Ordonnanceur", "fine", f"en marche : {how_many}, dernier tour {when}")


def _mails(found: Health, now: datetime) -> Shown:
    if found.oldest_mail is None:
        return _sign("Courriels à envoyer", "fine", "aucun n’attend")
    words = french.counted(found.mails_waiting, "courriel attend", "courriels attendent")
    since = f"{words}, le plus ancien depuis {moments.near(found.oldest_mail, now)}"
    if now - found.oldest_mail < MAIL_LATE:
        return _sign("Courriels à envoyer", "fine", since)
    return _sign("Courriels à envoyer", "late", since, "Le serveur d’envoi répond-il ?")


def _no_server(found: Health, *, demonstration: bool) -> Shown:
    if demonstration:
        return _sign("Courriels à envoyer", "fine", "la démonstration n’en envoie aucun")
    words = french.counted(found.mails_waiting, "courriel attend", "courriels attendent")
    return _sign(
        "Courriels à envoyer", "late", words, "Aucun serveur d’envoi n’est réglé : RELAIS_SMTP_HOST."
    )


def _refused(found: Health) -> Shown:
    if not found.mails_refused:
        return _sign("Courriels non remis", "fine", "aucun")
    words = french.counted(found.mails_refused, "courriel refusé", "courriels refusés")
    return _sign("Courriels non remis", "soon", words, "Corrigez l’adresse, puis renvoyez-les.")


def _mailbox(poll: MailboxPoll, now: datetime) -> Shown:
    name = f"Boîte {poll.name}"
    if poll.worked_at is None:
        return _sign(name, "late", f"jamais relevée : {poll.failure or 'raison inconnue'}")
    when = f"relevée {moments.near(poll.worked_at, now)}"
    if poll.failures:
        failed = french.counted(poll.failures, "essai manqué depuis", "essais manqués depuis")
        return _sign(name, "late", f"{when} ; {failed} : {poll.failure}")
    return _sign(name, "late" if now - poll.worked_at > MAILBOX_LATE else "fine", when)


def _backups(found: Health, now: datetime) -> Shown:
    if found.altered:
        places = french.counted(found.altered, "endroit")
        return _sign(
            "Sauvegardes",
            "late",
            f"la dernière a trouvé le journal altéré, en {places} au moins ; les anciennes ne s’effacent plus",
            "« relais verify » dit où ; voyez docs/backup.md.",
        )
    if found.last_backup is None:
        return _sign("Sauvegardes", "late", "aucune depuis 30 jours", "Voyez la tâche, plus bas.")
    words = f"la dernière {moments.near(found.last_backup, now)}, restaurée à côté et comparée"
    if now - found.last_backup > BACKUP_LATE:
        return _sign("Sauvegardes", "late", words, "Voyez la tâche, plus bas.")
    return _sign("Sauvegardes", "fine", words)


def _no_backups(*, demonstration: bool) -> Shown:
    if demonstration:
        return _sign("Sauvegardes", "fine", "la démonstration n’en fait pas")
    return _sign(
        "Sauvegardes",
        "late",
        "aucun dossier n’est nommé : rien n’est sauvegardé",
        "RELAIS_BACKUP_FOLDER et RELAIS_BACKUP_KEY, voir docs/backup.md.",
    )


def _school_holidays(now: datetime) -> Shown:
    known, day = calendars.known_until(), french.local_day(now)
    words = f"connues jusqu’au {french.short_date(known)}"
    if calendars.is_ending(day):
        return _sign(
            "Vacances scolaires", "soon", words, "Mettez Relais à jour, ou saisissez les fermetures."
        )
    return _sign("Vacances scolaires", "fine", words)


def _accessibility(now: datetime) -> Shown:
    words = f"déclaration valable jusqu’au {french.short_date(statement.expires_on())}"
    if statement.is_ending(french.local_day(now)):
        advice = "Faites auditer Relais, mettez le registre à jour, puis établissez une nouvelle déclaration."
        return _sign("Accessibilité", "soon", words, advice)
    return _sign("Accessibilité", "fine", words)


def _closing(closing: Closing, now: datetime) -> Shown:
    advice = "Faites-les affecter à un autre service, ou terminer."
    if closing.day <= french.local_day(now):
        return _sign("Service fermé", "late", f"{closing.name} {closing.words}.", advice)
    day = french.short_date(closing.day)
    return _sign("Service qui ferme", "soon", f"{closing.name} ferme le {day} et {closing.words}.", advice)


def _sign(what: str, level: str, words: str, advice: str = "") -> Shown:
    return {"what": what, "level": level, "words": words, "advice": advice}
