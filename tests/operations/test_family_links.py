"""R-DP-1, the personal link: who has one with a family reads nothing of it, notes nothing of it, and follows none."""

from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, update

from service import clock
from service.database import reading, transaction
from service.errors import GuardRefused, InvalidInput, NotVisible
from service.jobs import index_families
from service.jobs.registry import JOBS
from service.models import (
    Accompaniment,
    Call,
    CoInterventionDetails,
    Concertation,
    Draft,
    IncomingMail,
    JournalEntry,
    KeptOut,
    Message,
    OutboxMail,
    SocialEmergencyDetails,
    Ticket,
)
from service.operations import (
    absences,
    accompaniments,
    acts,
    calls,
    concertation_changes,
    creation,
    drafts,
    family_links,
    kept_out,
    letters,
    qualification,
)
from service.operations.consultation import consult
from service.operations.intake import intake
from service.operations.letters import Letter
from service.permissions import Actor, Role
from service.queries import incoming, lists
from service.queries.reference import reference as reference_data
from service.sealing import ring
from service.workflows.qualification import Nature
from service.workflows.registry import WORKFLOWS
from tests.factories import (
    REDON,
    World,
    a_draft,
    a_notice,
    a_submission,
    a_submitted_ticket,
    an_account,
    email_of,
    seeded_world,
    today,
)
from tests.letters import a_mail
from tests.operations.conftest import Hand

FAMILY, OTHERS = "7654321", "1234567"
AGENDA_DAY = date(2026, 11, 24)
BY_A_COLLEAGUE = {"matricule": ["Confiez cette situation à un collègue."]}


@pytest.fixture
def world(db: str, hand: Hand) -> World:
    with transaction() as session:
        return seeded_world(session)


def linked(actor: Actor, world: World, matricule: str = FAMILY) -> Actor:
    """The same, of whom a head of the institution has declared a link with the family."""
    ticket = a_submitted_ticket(world.cdas_head_elsewhere, matricule=matricule)
    with transaction() as session:
        link = KeptOut(account_id=actor.account_id, ticket_id=ticket.id)
        link.matricule_index = ring().blind_index("matricule", matricule)
        link.declared_by, link.declared_at = world.admin.account_id, clock.now()
        session.add(link)
    return actor


def finds(actor: Actor, ticket: Ticket) -> bool:
    """Whether page, list and API give the request to somebody: all or none."""
    with reading() as session:
        listed = ticket.id in session.scalars(
            lists.queue(actor, lists.Filters()).with_only_columns(Ticket.id)
        )
    try:
        consult(actor, ticket.reference)
        opens = True
    except NotVisible:
        opens = False
    assert listed is opens
    return opens


def typed(actor: Actor, ticket: Ticket, form: dict[str, str], mark: str = "") -> str:
    """Keep the form of a draft, as its page does; the mark of what is kept."""
    return drafts.save(actor, ticket.reference, form, page_key="une page", seen=mark).mark


def kept_accounts(ticket: Ticket) -> list[UUID]:
    with reading() as session:
        return list(session.scalars(select(KeptOut.account_id).where(KeptOut.ticket_id == ticket.id)))


def an_ask() -> dict[str, Any]:
    """What every kind asks of the person."""
    return {
        "matricule": FAMILY,
        "last_name": "Exemple-Lien",
        "first_name": "Démo",
        "commune": REDON,
        "told_on": today(),
    }


# ---------------------------------------------------------------- drafts
def test_a_draft_is_kept_from_who_has_a_link_with_the_matricule_typed(world: World) -> None:
    """As it is typed, spaces and all; a number that is corrected opens it to the colleague again."""
    colleague = linked(world.other_cdas_agent, world)
    draft = a_draft(world.cdas_agent)
    mark = typed(world.cdas_agent, draft, {"last_name": "Exemple-Lien", "matricule": "76 54"})
    assert finds(colleague, draft)
    mark = typed(world.cdas_agent, draft, {"last_name": "Exemple-Lien", "matricule": " 7 654 321"}, mark)
    assert not finds(colleague, draft)
    for use in (drafts.read, drafts.delete):
        with pytest.raises(NotVisible):
            use(colleague, draft.reference)
    assert finds(world.cdas_agent, draft)
    assert finds(world.cdas_head, draft)
    typed(world.cdas_agent, draft, {"matricule": OTHERS}, mark)
    assert finds(colleague, draft)


def test_the_draft_of_another_kind_and_the_one_made_by_the_api_too(world: World) -> None:
    colleague = replace(linked(world.other_cdas_agent, world), named=True)
    form = {"matricule": FAMILY, "last_name": "Exemple-Lien"}
    for kind in ("urgent_rights", "handover"):
        made, _ = creation.create_ticket(world.cdas_agent, kind, {}, str(uuid4()), submit=False, form=form)
        with reading() as session:
            draft = session.scalars(select(Ticket).where(Ticket.reference == made)).one()
        assert finds(world.cdas_agent, draft)
        assert not finds(colleague, draft)


def test_a_link_declared_on_a_draft_follows_the_matricule_with_which_it_leaves(world: World) -> None:
    """By whatever road: the page, the API, the text that comes back by mail."""
    other = a_submitted_ticket(world.cdas_head, matricule=FAMILY)
    for leave in (_by_the_page, _by_the_api, _by_mail):
        draft = a_draft(world.cdas_agent)
        kept_out.declare(world.cdas_head, draft.reference, world.other_cdas_agent.account_id)
        assert finds(world.other_cdas_agent, other)
        leave(world, draft)
        assert not finds(world.other_cdas_agent, other), leave.__name__
        assert kept_accounts(draft) == [world.other_cdas_agent.account_id]
        kept_out.take_back(world.cdas_head, draft.reference, world.other_cdas_agent.account_id)


def _by_the_page(world: World, draft: Ticket) -> None:
    drafts.send(world.cdas_agent, draft.reference, a_submission(matricule=FAMILY), str(uuid4()))


def _by_the_api(world: World, draft: Ticket) -> None:
    acts.perform(world.cdas_agent, draft.reference, "submit", a_submission(matricule=FAMILY))


def _by_mail(world: World, draft: Ticket) -> None:
    with transaction() as session:
        unit = reference_data(session).units["cdas-redon"]
        letter = Letter("email", clock.now(), unit, "", "", "Bonjour", {"matricule": FAMILY})
        letters.join(session, session.get_one(Ticket, draft.id), letter)


def test_a_link_declared_on_a_draft_reaches_the_family_at_once_when_it_is_named_there(world: World) -> None:
    other, draft = a_submitted_ticket(world.cdas_head, matricule=FAMILY), a_draft(world.cdas_agent)
    typed(world.cdas_agent, draft, {"matricule": FAMILY})
    kept_out.declare(world.cdas_head, draft.reference, world.other_cdas_agent.account_id)
    assert not finds(world.other_cdas_agent, other)


# ---------------------------------------------------------------- who writes
@pytest.mark.parametrize("answered", [True, False])
def test_who_has_a_link_notes_no_call_of_the_family(world: World, answered: bool) -> None:
    """They would hold the request that an answered one makes, or be its author."""
    given = {"started_at": clock.now(), "minutes": 0, "answered": answered, "cdas": "cdas-redon"}
    given |= {"benefit": "rsa", "event": "interruption"} if answered else {}
    for caller in (linked(world.caf_agent, world), linked(world.cdas_agent, world)):
        own = given if caller.institution == "caf" else {**given, "cdas": caller.unit_id}
        with pytest.raises(InvalidInput) as refused:
            calls.record_call(caller, {**own, "matricule": FAMILY}, str(uuid4()))
        assert refused.value.fields == BY_A_COLLEAGUE
        calls.record_call(caller, {**own, "matricule": OTHERS}, str(uuid4()))
    with reading() as session:
        assert session.scalar(select(func.count(Call.id))) == 2


def test_who_has_a_link_asks_nothing_of_the_family_sent_or_as_a_draft(world: World) -> None:
    """A rendez-vous des droits, of which they would be the holder, or any other kind; nothing else is said."""
    before = _how_many_tickets()
    for writer, kind in (
        (linked(world.caf_agent, world), "rights_meeting"),
        (linked(world.cdas_agent, world), "rights_meeting"),
        (world.cdas_agent, "urgent_rights"),
        (world.cdas_agent, "orientation"),
        (world.cdas_agent, "handover"),
        (linked(world.caf_ts, world), "child_protection_notice"),
    ):
        given = a_notice(matricule=FAMILY) if kind == "child_protection_notice" else an_ask()
        with pytest.raises(InvalidInput) as refused:
            creation.create_ticket(writer, kind, given, str(uuid4()), submit=True)
        assert refused.value.fields == BY_A_COLLEAGUE, kind
        if WORKFLOWS[kind].has_drafts:
            form = {"matricule": "7654 321"}
            with pytest.raises(InvalidInput) as refused:
                creation.create_ticket(writer, kind, {}, str(uuid4()), submit=False, form=form)
            assert refused.value.fields == BY_A_COLLEAGUE, kind
    assert _how_many_tickets() == before + 3, "those on which the links were declared"


def test_a_draft_that_names_nobody_yet_is_neither_completed_nor_sent_by_who_has_a_link(world: World) -> None:
    writer = linked(world.cdas_agent, world)
    draft = a_draft(writer)
    form = {"last_name": "Exemple-Lien"}
    mark = typed(writer, draft, form)
    with pytest.raises(InvalidInput) as refused:
        typed(writer, draft, {**form, "matricule": FAMILY}, mark)
    assert refused.value.fields == BY_A_COLLEAGUE
    given = a_submission(matricule=FAMILY)
    with pytest.raises(InvalidInput):
        drafts.send(writer, draft.reference, given, str(uuid4()))
    with pytest.raises(InvalidInput):
        acts.perform(writer, draft.reference, "submit", given)
    assert drafts.read(writer, draft.reference).form == form
    typed(world.other_cdas_agent, draft, {**form, "matricule": FAMILY}, mark)
    assert not finds(writer, draft)


def _how_many_tickets() -> int:
    with reading() as session:
        return session.scalar(select(func.count(Ticket.id))) or 0


# ---------------------------------------------------------------- who follows
def an_accompaniment(**changes: Any) -> dict[str, Any]:
    usual = {
        "matricule": FAMILY,
        "last_name": "Exemple-Lien",
        "first_name": "Démo",
        "event": "separation",
        "term_on": today() + timedelta(days=180),
    }
    return {**usual, **changes}


def test_r_ac_the_register_names_nobody_who_has_a_link(world: World) -> None:
    """Neither opened for oneself nor confided; nor is it told who follows the family."""
    worker = linked(world.caf_ts, world)
    with pytest.raises(InvalidInput) as refused:
        accompaniments.open_(worker, an_accompaniment())
    assert refused.value.fields == BY_A_COLLEAGUE
    for keeper in (world.caf_secretariat, world.caf_head):
        with pytest.raises(InvalidInput) as refused:
            accompaniments.open_(keeper, an_accompaniment(worker_id=worker.account_id))
        assert list(refused.value.fields) == ["worker_id"]
    accompaniments.open_(world.caf_head, an_accompaniment(worker_id=world.caf_head.account_id))
    with pytest.raises(InvalidInput) as refused:
        accompaniments.open_(worker, an_accompaniment())
    assert refused.value.fields == BY_A_COLLEAGUE, "nothing of who accompanies"
    with reading() as session:
        assert list(session.scalars(select(Accompaniment.worker_id))) == [world.caf_head.account_id]


def test_r_ac_who_accompanies_a_family_confides_it_before_a_link_is_declared(world: World) -> None:
    """Else the register, and every CDAS, would go on naming them; nor is it confided to who has a link."""
    request = a_submitted_ticket(world.cdas_agent, matricule=FAMILY)
    emergency = an_emergency(world, world.caf_head)
    entry = accompaniments.open_(world.caf_ts, an_accompaniment())
    with pytest.raises(GuardRefused, match="confiez d’abord l’accompagnement"):
        kept_out.declare(world.caf_head, emergency.reference, world.caf_ts.account_id)
    with pytest.raises(GuardRefused, match="une demande ou un accompagnement") as untold:
        kept_out.declare(world.caf_lead, request.reference, world.caf_ts.account_id)
    assert "Accompagnements" not in (untold.value.advice or ""), "who reads no register learns nothing of it"
    accompaniments.confide(world.caf_head, entry, world.caf_head.account_id)
    kept_out.declare(world.caf_lead, request.reference, world.caf_ts.account_id)
    with pytest.raises(InvalidInput) as refused:
        accompaniments.confide(world.caf_secretariat, entry, world.caf_ts.account_id)
    assert list(refused.value.fields) == ["worker_id"]
    with reading() as session:
        assert session.get_one(Accompaniment, entry).worker_id == world.caf_head.account_id


def test_a_link_and_an_accompaniment_of_the_same_moment_wait_for_one_another(world: World) -> None:
    """R-DP-1: whichever comes second sees the first, on both databases."""
    request = a_submitted_ticket(world.cdas_agent, matricule=FAMILY)
    entry, worker = accompaniments.open_(world.caf_head, an_accompaniment()), world.caf_ts.account_id
    confiding = partial(accompaniments.confide, world.caf_head, entry, worker)
    declaring = partial(kept_out.declare, world.caf_lead, request.reference, worker)
    with ThreadPoolExecutor() as pool:
        with transaction():
            declaring()
            second = pool.submit(confiding)
            wait([second], timeout=0.5)
        assert isinstance(second.exception(), InvalidInput)
        kept_out.take_back(world.caf_lead, request.reference, worker)
        with transaction():
            confiding()
            second = pool.submit(declaring)
            wait([second], timeout=0.5)
        assert isinstance(second.exception(), GuardRefused)


def an_emergency(world: World, worker: Actor, **other: object) -> Ticket:
    given = {
        **an_ask(),
        **other,
        "motives": ["food"],
        "vulnerabilities": ["isolation"],
        "who_accompanies": "caf_worker",
        "referent_worker": worker.account_id,
    }
    made, _ = creation.create_ticket(world.cdas_agent, "social_emergency", given, str(uuid4()), submit=True)
    with reading() as session:
        return session.scalars(select(Ticket).where(Ticket.reference == made)).one()


def test_r_us_3_a_worker_with_a_link_and_one_who_is_away_are_told_of_alike(world: World) -> None:
    """Route, explanation, holder and messages: nobody guesses which of the two it is."""
    linked(world.caf_ts, world)
    with transaction() as session:
        away = an_account(session, "caf-social", Role.CAF_TS, email="absente@test.example")
    absences.note(away, away.account_id, today(), today())
    for confided in (False, True):
        told = []
        for worker in (world.caf_ts, away):
            made = an_emergency(world, worker)
            if confided:
                given = {"holder_id": worker.account_id}
                acts.perform(world.caf_secretariat, made.reference, "reassign", given)
            told.append(_shown(made, worker))
        assert told[0] == told[1]


def _shown(made: Ticket, worker: Actor) -> list[object]:
    with reading() as session:
        now = session.get_one(Ticket, made.id)
        details = session.get_one(SocialEmergencyDetails, made.id)
        messages = session.scalars(select(Message).where(Message.ticket_id == made.id))
        entries = session.scalars(
            select(JournalEntry).where(JournalEntry.ticket_id == made.id).order_by(JournalEntry.sequence)
        )
        return [
            (now.state, now.assigned_unit_id, now.holder_id),
            (details.route_to, details.route_explanation, details.send_to),
            [(one.body or "").replace(worker.name, "…") for one in messages],
            [(one.payload or "").replace(str(worker.account_id), "…") for one in entries],
        ]


def test_a_link_that_is_taken_back_does_not_stand_in_what_was_made_either(world: World) -> None:
    """Declared by mistake, it followed the request; who declared it does not see the other one to free them there."""
    first = a_submitted_ticket(world.cdas_agent, matricule=FAMILY)
    kept_out.declare(world.caf_lead, first.reference, world.caf_agent.account_id)
    with transaction() as session:
        family_links.pass_to(session, first, a_submitted_ticket(world.cdas_agent))
    kept_out.take_back(world.caf_lead, first.reference, world.caf_agent.account_id)
    with reading() as session:
        assert session.scalars(select(KeptOut)).all() == []
    assert finds(world.caf_agent, first)


def test_who_has_a_link_with_an_unknown_family_goes_on_with_the_next(world: World) -> None:
    """R-US-3: without a matricule no family is known, and two of which none is known are not the same."""
    first = an_emergency(world, world.caf_ts, matricule=None)
    assert first.holder_id == world.caf_ts.account_id
    acts.perform(world.caf_head, first.reference, "reassign", {"holder_id": world.caf_head.account_id})
    kept_out.declare(world.caf_head, first.reference, world.caf_ts.account_id)
    assert an_emergency(world, world.caf_ts, matricule=None).holder_id == world.caf_ts.account_id


def test_a_request_that_is_reopened_does_not_go_back_to_who_has_a_link_by_then(world: World) -> None:
    """R-IND-I-9: their service as a whole has it, and a colleague takes it."""
    ticket = a_submitted_ticket(world.cdas_agent, matricule=FAMILY)
    acts.perform(world.caf_agent, ticket.reference, "take", {})
    answer = {"outcome": "restored", "text": "Le droit est rétabli."}
    acts.perform(world.caf_agent, ticket.reference, "answer", answer)
    acts.perform(world.cdas_agent, ticket.reference, "acknowledge", {})
    kept_out.declare(world.caf_lead, ticket.reference, world.caf_agent.account_id)
    acts.perform(world.cdas_agent, ticket.reference, "reopen", {"reason": "Rien n’est venu."})
    with reading() as session:
        again = session.get_one(Ticket, ticket.id)
    assert (again.state, again.assigned_unit_id, again.holder_id) == ("assigned", "caf-prestations", None)
    acts.perform(world.other_caf_agent, ticket.reference, "take", {})


def test_a_head_with_a_link_is_not_told_of_a_danger(world: World) -> None:
    """R-DP-2: the administration hears for want of another head."""
    linked(world.cdas_head, world)
    given = {
        **an_ask(),
        "motives": ["food"],
        "vulnerabilities": ["isolation"],
        "who_accompanies": "cdas_same",
        "objected": True,
        "danger": True,
        "danger_reason": "violence",
    }
    del given["told_on"]
    creation.create_ticket(world.cdas_agent, "social_emergency", given, str(uuid4()), submit=True)
    assert _recipients("against_objection") == [email_of("admin")]


def _recipients(event: str) -> list[str]:
    with reading() as session:
        return list(session.scalars(select(OutboxMail.recipient).where(OutboxMail.event == event)))


def test_a_message_that_names_the_family_is_not_qualified_by_who_has_a_link(world: World) -> None:
    """It waits for another of those who do."""
    lead = linked(world.caf_lead, world)
    for matricule in (FAMILY, OTHERS):
        intake(a_mail(f"Bonjour,\n\nMatricule : {matricule}\nPouvez-vous regarder ?"))
    with reading() as session:
        seen = [
            session.scalars(incoming.listed(one, "waiting")).all() for one in (lead, world.caf_secretariat)
        ]
        assert [len(found) for found in seen] == [1, 2]
        assert incoming.counts(session, lead)["waiting"] == 1
    [theirs] = seen[0]
    [hidden] = [one for one in seen[1] if one.id != theirs.id]
    with pytest.raises(NotVisible):
        qualification.qualify(lead, hidden.id, Nature.ORDINARY, {})


def test_the_relay_of_a_co_intervention_is_not_the_draft_of_who_has_a_link_by_then(world: World) -> None:
    given = {
        **an_ask(),
        "regime": "ordinary",
        "need": "complementary_skills",
        "need_detail": "Un budget à reprendre.",
        "asking_opinion_on": today(),
        "asking_participants": "Équipe Démo",
        "asking_opinion": "Utile.",
        "cdas_professional": "Camille Exemple",
        "scope_event": "planned_separation",
        "has_children": True,
        "is_allocataire": True,
    }
    made, _ = creation.create_ticket(world.cdas_agent, "co_intervention", given, str(uuid4()), submit=True)
    acts.perform(world.caf_secretariat, made, "forward", {"holder_id": world.caf_ts.account_id})
    opinion = {"exchange_on": today(), "participants": "Démo Deux", "opinion": "favourable"}
    acts.perform(world.caf_ts, made, "record_opinion", opinion)
    scopes = {"cdas_scope": "Le logement.", "caf_scope": "La séparation."}
    acts.perform(world.caf_ts, made, "start", {**scopes, "family_talk_on": today(), "review_on": today()})
    kept_out.declare(world.cdas_head, made, world.cdas_agent.account_id)
    acts.perform(world.caf_ts, made, "end", {"outcome": "relay_to_caf"})
    with reading() as session:
        [relay] = session.scalars(select(Ticket).where(Ticket.kind == "handover"))
    assert (relay.asking_unit_id, relay.author_id) == ("cdas-redon", None)
    assert finds(world.cdas_head, relay)
    assert not finds(world.cdas_agent, relay)


# ---------------------------------------------------------------- concertations
def on_an_agenda(world: World, matricule: str) -> str:
    """A co-intervention that the Caf asks of the CDAS, on the agenda of the 24th."""
    given = {
        **an_ask(),
        "matricule": matricule,
        "regime": "ordinary",
        "need": "complexity",
        "need_detail": "Un budget à reprendre.",
        "asking_opinion_on": today(),
        "asking_participants": "Équipe Démo",
        "asking_opinion": "Utile.",
    }
    made, _ = creation.create_ticket(world.caf_ts, "co_intervention", given, str(uuid4()), submit=True)
    acts.perform(world.cdas_head, made, "forward", {"concertation_on": AGENDA_DAY})
    return made


@pytest.mark.parametrize("cancelled", [False, True])
def test_who_moves_a_concertation_learns_nothing_of_the_family_nor_does_anybody_of_the_link(
    world: World, *, cancelled: bool
) -> None:
    """No number is told of it; it goes with the others all the same, and its history looks like theirs."""
    theirs, hidden = (on_an_agenda(world, matricule) for matricule in (OTHERS, FAMILY))
    head = linked(world.cdas_head, world)
    with reading() as session:
        planned = session.scalars(select(Concertation.id)).one()
    if cancelled:
        assert concertation_changes.cancel(head, planned) == 1
    else:
        moved_to = AGENDA_DAY + timedelta(days=1)
        assert concertation_changes.change(head, planned, moved_to, None, None) == 1
    with reading() as session:
        known = {one.reference: one.id for one in session.scalars(select(Ticket))}
        signed = {}
        for reference in (theirs, hidden):
            said = select(Message.author_id).where(Message.ticket_id == known[reference])
            done = select(JournalEntry.actor_id).where(JournalEntry.ticket_id == known[reference])
            last = (
                said.order_by(Message.id.desc()) if cancelled else done.order_by(JournalEntry.sequence.desc())
            )
            signed[reference] = session.scalars(last.limit(1)).one()
        days = [
            session.get_one(CoInterventionDetails, known[one]).concertation_on for one in (theirs, hidden)
        ]
    assert signed == {theirs: head.account_id, hidden: head.account_id}
    assert days == ([None, None] if cancelled else [moved_to, moved_to])


# ---------------------------------------------------------------- kept before families were known
def test_what_was_kept_before_says_of_which_family_it_is_once_the_job_has_passed(world: World) -> None:
    """A draft and a message that waits, as they were before migration 0032; done again, it changes nothing."""
    draft, nobody, broken = (a_draft(world.cdas_agent) for _ in range(3))
    typed(world.cdas_agent, draft, {"matricule": "765 4321"})
    typed(world.cdas_agent, nobody, {"last_name": "Exemple"})
    intake(a_mail(f"Bonjour,\n\nMatricule : {FAMILY}\nPouvez-vous regarder ?"))
    with transaction() as session:
        session.execute(update(Draft).values(matricule_index=None))
        session.execute(update(IncomingMail).values(matricule_index=None))
    colleague, lead = linked(world.other_cdas_agent, world), linked(world.caf_lead, world)
    assert (finds(colleague, draft), waiting(lead)) == (True, 1)
    with transaction() as session:  # what does not open keeps nobody from finding the others
        session.execute(update(Draft).where(Draft.ticket_id == broken.id).values(form_sealed=b"broken"))
    assert (completed(), completed()) == (2, 0)
    assert (finds(colleague, draft), waiting(lead)) == (False, 0)
    assert finds(colleague, nobody)
    assert waiting(world.caf_secretariat) == 1
    assert index_families.run in {job.run for job in JOBS}


def completed() -> int:
    with transaction() as session:
        return index_families.run(session)


def waiting(actor: Actor) -> int:
    with reading() as session:
        return len(session.scalars(incoming.listed(actor, "waiting")).all())
