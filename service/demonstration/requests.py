"""Requests that the CDAS write in Relais, in the demonstration."""

from datetime import datetime
from random import Random
from uuid import UUID

from service.demonstration import calls
from service.demonstration import words_of_the_cdas as words
from service.demonstration.agenda import Story, line, minutes
from service.demonstration.cases import new_case, second_one, what_is_said
from service.demonstration.destiny import Destiny, drawn
from service.demonstration.files import some_file
from service.demonstration.stage import Case, Stage
from service.demonstration.treatment import Treatment
from service.operations import conversation
from service.operations.creation import create_ticket
from service.permissions import Actor
from service.workflows.urgency import Benefit

_REASONS = {"no_answer": 0.24, "documents": 0.56, "other": 0.2}
"""Why a request does not pass by the line while it is open (R-UD-3)."""


def written(
    stage: Stage,
    rng: Random,
    at: datetime,
    channel: str,
    *,
    cdas: str | None = None,
    destiny: Destiny | None = None,
    author: Actor | None = None,
    holder: Actor | None = None,
) -> Story:
    """A request written in Relais, for the Caf to read there (`service`) or pasted into CDAP (`cdap_form`).

    `author` and `holder`: who writes it and who follows it at the Caf, where that is not left to chance.
    """
    yield at
    again = second_one(stage, rng) if cdas is None and rng.random() < 0.02 else None
    case = again or new_case(stage, rng, cdas)
    case.author, case.holder = author or case.author, holder
    reason = rng.choices(list(_REASONS), list(_REASONS.values()))[0] if line().is_open(at) else None
    call_id = None
    if reason == "no_answer":
        call_id = yield from calls.nobody_answers(stage, case)
        yield stage.now + minutes(rng, 4, 20)
    _send(stage, case, channel, reason, call_id)
    if rng.random() < 0.1:
        yield stage.now + minutes(rng, 1, 6)
        filename, content, said = some_file(rng)
        conversation.attach(case.author, case.reference, filename, content, case.key(), said)
    if rng.random() < 0.06:
        conversation.write_note(case.author, case.reference, rng.choice(words.NOTES), case.key())
    destiny = destiny or drawn(rng, duplicate=bool(case.doubles))
    yield from Treatment(stage, case, destiny).from_submitted()


def _send(stage: Stage, case: Case, channel: str, reason: str | None, call_id: UUID | None) -> None:
    noted_later = case.rng.random() < 0.02 and channel == "cdap_form"  # what is sent here leaves now
    happened_at = stage.now - minutes(case.rng, 20, 90) if noted_later else stage.now
    given = what_is_said(case, stage.day)
    if line().is_open(happened_at):
        given["line_open_reason"] = reason or "other"
    case.reference, _ = create_ticket(
        case.author,
        "urgent_rights",
        given,
        case.key(),
        submit=True,
        channel=channel,
        happened_at=happened_at if channel == "cdap_form" else None,
        call_id=call_id,
    )
    stage.sent(case)


def kept_as_draft(stage: Stage, rng: Random, at: datetime, cdas: str | None = None) -> Story:
    """A request begun and not sent: the form as typed so far."""
    yield at
    case = new_case(stage, rng, cdas)
    person = case.person
    form = {
        "matricule": person.matricule,
        "last_name": person.last_name,
        "first_name": person.first_name,
        "commune": person.commune,
        "benefit": case.benefit,
        "event": case.event,
        "description": rng.choice(words.SITUATIONS[case.event]).format(of=Benefit(case.benefit).of),
    }
    typed = dict(list(form.items())[: rng.randint(3, len(form))])
    create_ticket(case.author, "urgent_rights", {}, case.key(), submit=False, form=typed)
