"""Every scheduled job, in one table. Never between 02:00 and 03:00: that hour is missing in March, twice in October."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apscheduler.triggers.cron import CronTrigger
from sqlalchemy.orm import Session

from service.jobs import (
    archive,
    auto_close,
    back_up,
    clean_drafts,
    clean_set_aside,
    digest,
    draw_eliminations,
    eliminate,
    fall_due,
    figures,
    forget_access,
    forget_runs,
    forget_sessions,
    index_families,
    poll_mailboxes,
    remind,
    return_silent,
    seal_journal,
    send_outbox,
    send_webhooks,
    si_remind,
    unusual_reads,
)
from service.operations import eliminations, recomputation
from service.queries.jobs import BACKUP
from service.workflows.french import PARIS

Renew = Callable[[], None]
"""Keeps the lease for its length again when half of it has passed; raises when somebody else has taken the slot."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job: when (Europe/Paris), what, for how long its lease holds, and whether missed slots become one.

    `rhythm` says when in French.
    `run` works in the transaction that closes the slot, and gives the number of things done. `outside` comes before
    it, under the lease alone, for what speaks to other machines: no transaction is open, so it keeps none waiting.
    What it does may be done twice; it opens its own short transactions, and calls what it is given as it goes on.
    """

    name: str
    label: str
    trigger: CronTrigger
    run: Callable[[Session], int] = lambda _session: 0
    lease: timedelta = timedelta(minutes=2)
    coalesce: bool = True
    rhythm: str = ""
    outside: Callable[[Renew], int] = lambda _renew: 0

    def slot_after(self, instant: datetime) -> datetime:
        """The first slot strictly later than the instant, UTC."""
        # Added and compared in UTC: in one local zone arithmetic forgets `fold`, and 02:50 stands after a later 02:00.
        start = instant.astimezone(UTC)
        found = self.trigger.get_next_fire_time(None, (start + timedelta(microseconds=1)).astimezone(PARIS))
        slot: datetime | None = None if found is None else found.astimezone(UTC)
        if slot is None or slot <= start:
            raise RuntimeError(f"the trigger of {self.name} has no slot after {start}")
        return slot

    def slot_due(self, waiting: datetime, now: datetime) -> datetime:
        """The slot to run now: the waiting one, or the last one passed when missed slots become one."""
        slot = waiting
        while self.coalesce and (following := self.slot_after(slot)) <= now:
            slot = following
        return slot


JOBS = (
    Job(
        name="annual_report",
        label="Préparer le bilan annuel pour le comité de suivi",
        rhythm="chaque jour à 6 h 20, dès le deuxième jour ouvré de janvier",
        trigger=CronTrigger(hour=6, minute=20, timezone=PARIS),
        outside=figures.publish_last_year,
        lease=timedelta(minutes=15),
    ),
    Job(
        name="archive",
        label="Archiver les demandes closes dont la durée de conservation est passée",
        rhythm="chaque jour à 3 h 10 ; compte seulement, tant que le réglage ne l’active pas",
        trigger=CronTrigger(hour=3, minute=10, timezone=PARIS),
        run=archive.run,
    ),
    Job(
        name="auto_close",
        label="Clore les réponses dont le délai d’accusé de réception est passé",
        rhythm="toutes les 10 minutes",
        trigger=CronTrigger(minute="*/10", timezone=PARIS),
        run=auto_close.run,
    ),
    Job(
        name=BACKUP,
        label="Sauvegarder la base, et essayer la sauvegarde",
        rhythm="chaque jour à 4 h 50, si un dossier est nommé",
        trigger=CronTrigger(hour=4, minute=50, timezone=PARIS),
        outside=back_up.run,
        lease=timedelta(minutes=30),
    ),
    Job(
        name="clean_drafts",
        label="Supprimer les brouillons abandonnés",
        rhythm="chaque jour à 4 h 10",
        trigger=CronTrigger(hour=4, minute=10, timezone=PARIS),
        run=clean_drafts.run,
    ),
    Job(
        name="clean_set_aside",
        label="Effacer les messages gardés à part depuis 30 jours",
        rhythm="chaque jour à 4 h 20",
        trigger=CronTrigger(hour=4, minute=20, timezone=PARIS),
        run=clean_set_aside.run,
    ),
    Job(
        name="digest",
        label="Écrire les récapitulatifs du matin",
        rhythm="chaque jour à 8 h 00, pour les services qui ouvrent",
        trigger=CronTrigger(hour=8, minute=0, timezone=PARIS),
        run=digest.run,
    ),
    Job(
        name="draw_eliminations",
        label="Établir les listes d’élimination du mois",
        rhythm="chaque jour à 3 h 20, une liste par mois et par institution",
        trigger=CronTrigger(hour=3, minute=20, timezone=PARIS),
        run=draw_eliminations.run,
    ),
    Job(
        name=eliminations.JOB,
        label="Exécuter les listes d’élimination approuvées",
        rhythm="toutes les 10 minutes, quand l’administration l’a demandé",
        trigger=CronTrigger(minute="9-59/10", timezone=PARIS),
        outside=eliminate.run,
        lease=timedelta(minutes=15),
    ),
    Job(
        name="fall_due",
        label="Rappeler les droits à vérifier trois mois après un rendez-vous des droits",
        rhythm="chaque jour à 7 h 45",
        trigger=CronTrigger(hour=7, minute=45, timezone=PARIS),
        run=fall_due.run,
    ),
    Job(
        name="forget_access",
        label="Effacer le journal des consultations au-delà de sa durée",
        rhythm="chaque jour à 4 h 25",
        trigger=CronTrigger(hour=4, minute=25, timezone=PARIS),
        run=forget_access.run,
    ),
    Job(
        name="forget_runs",
        label="Oublier les exécutions de plus de 30 jours",
        rhythm="chaque jour à 4 h 40",
        trigger=CronTrigger(hour=4, minute=40, timezone=PARIS),
        run=forget_runs.run,
    ),
    Job(
        name="forget_sessions",
        label="Effacer les sessions terminées",
        rhythm="chaque jour à 4 h 30",
        trigger=CronTrigger(hour=4, minute=30, timezone=PARIS),
        run=forget_sessions.run,
    ),
    Job(
        name="index_families",
        label="Reconnaître la famille dont parlent les brouillons et les messages gardés avant une mise à jour",
        rhythm="chaque jour à 4 h 35",
        trigger=CronTrigger(hour=4, minute=35, timezone=PARIS),
        run=index_families.run,
    ),
    Job(
        name="month_figures",
        label="Calculer les statistiques du mois en cours",
        rhythm="toutes les 15 minutes",
        trigger=CronTrigger(minute="8-53/15", timezone=PARIS),
        outside=figures.keep_running_month,
        lease=timedelta(minutes=10),
    ),
    Job(
        name="monthly_pack",
        label="Préparer le dossier de la réunion technique",
        rhythm="chaque jour à 5 h 50, dès le premier jour ouvré du mois",
        trigger=CronTrigger(hour=5, minute=50, timezone=PARIS),
        outside=figures.publish_last_month,
        lease=timedelta(minutes=15),
    ),
    Job(
        name="poll_mailboxes",
        label="Prendre les messages arrivés dans les boîtes aux lettres",
        rhythm="toutes les 5 minutes",
        trigger=CronTrigger(minute="1-56/5", timezone=PARIS),
        outside=poll_mailboxes.run,
        lease=timedelta(minutes=5),
    ),
    Job(
        name=recomputation.JOB,
        label="Recalculer les délais ouverts après un changement d’horaires",
        rhythm="chaque jour à 3 h 40, et après chaque changement",
        trigger=CronTrigger(hour=3, minute=40, timezone=PARIS),
        outside=recomputation.recompute,
        lease=timedelta(minutes=5),
    ),
    Job(
        name="remind",
        label="Prévenir des délais qui approchent ou sont dépassés",
        rhythm="toutes les 10 minutes",
        trigger=CronTrigger(minute="2-52/10", timezone=PARIS),
        run=remind.run,
    ),
    Job(
        name="return_silent",
        label="Rendre les relais dont le destinataire ne répond pas",
        rhythm="toutes les 10 minutes",
        trigger=CronTrigger(minute="5-55/10", timezone=PARIS),
        run=return_silent.run,
    ),
    Job(
        name="seal_journal",
        label="Sceller le journal des demandes qui ont bougé",
        rhythm="chaque heure, à la 25e minute",
        trigger=CronTrigger(minute=25, timezone=PARIS),
        run=seal_journal.run,
    ),
    Job(
        name="send_outbox",
        label="Envoyer les courriels qui attendent",
        rhythm="chaque minute",
        trigger=CronTrigger(minute="*", timezone=PARIS),
        outside=send_outbox.run,
        lease=timedelta(minutes=5),
    ),
    Job(
        name="send_webhooks",
        label="Prévenir les autres logiciels (webhooks)",
        rhythm="chaque minute, si des machines sont listées",
        trigger=CronTrigger(minute="*", timezone=PARIS),
        outside=send_webhooks.run,
        lease=timedelta(minutes=5),
    ),
    Job(
        name="si_remind",
        label="Rappeler aux référents locaux ce que la convention Caf, Cpam et SIAO attend",
        rhythm="chaque jour ouvert à 8 h 20, au plus une fois par semaine",
        trigger=CronTrigger(hour=8, minute=20, timezone=PARIS),
        run=si_remind.run,
    ),
    Job(
        name="unusual_reads",
        label="Relever les lectures inhabituelles de la semaine passée",
        rhythm="chaque jour à 5 h 10, pour la semaine passée",
        trigger=CronTrigger(hour=5, minute=10, timezone=PARIS),
        run=unusual_reads.run,
    ),
)
