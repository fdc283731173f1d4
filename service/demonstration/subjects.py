"""Somebody of the demonstration asks what is held about them (R-DP-9)."""

from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from service.database import transaction
from service.demonstration.agenda import Story
from service.demonstration.stage import Stage
from service.models import Person, Ticket
from service.operations import subject_access
from service.permissions import Role
from service.workflows.french import PARIS

DAYS_AGO = 6
LETTER = "courrier enregistré sous le n° 418, pièce d’identité vue à l’accueil"


def asked(stage: Stage) -> Story:
    """The last person of the CDAS that is shown whose birth date is known; the answer is still due."""
    day = max(stage.first_day, stage.today - timedelta(days=DAYS_AGO))
    yield datetime.combine(day, time(10, 20), PARIS)
    head = stage.staff.shown(Role.CDAS_HEAD)
    with transaction() as session:
        person = session.scalars(
            select(Person)
            .join(Ticket, Ticket.id == Person.ticket_id)
            .where(
                Ticket.asking_unit_id == head.unit_id,
                Ticket.submitted_at.is_not(None),
                Person.birth_date_sealed.is_not(None),
                Person.last_name_sealed.is_not(None),
                Person.first_name_sealed.is_not(None),
            )
            .order_by(Ticket.submitted_at.desc(), Ticket.reference)
            .limit(1)
        ).first()
        if person is not None:
            subject_access.note_request(
                head, {**_identity(person), "written_reference": LETTER, "received_on": day}
            )


def _identity(person: Person) -> dict[str, object]:
    return {
        "last_name": person.last_name,
        "first_name": person.first_name,
        "birth_date": date.fromisoformat(person.birth_date or ""),
        "matricule": person.matricule,
    }
