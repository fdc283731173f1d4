"""Rights beyond the ordinary, on the real thing: opened out of scope, kept out, protected, stopped."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from service import clock
from service.database import reading, transaction
from service.errors import GuardRefused, InvalidInput, NotPermitted, NotVisible, TooManyReadings
from service.models import (
    AccessEntry,
    IncomingMail,
    KeptOut,
    Membership,
    OutboxMail,
    OutOfScopeOpening,
    ReadingStop,
    SocialEmergencyDetails,
    Ticket,
)
from service.operations import (
    accounts,
    acts,
    calls,
    consultation,
    conversation,
    extraction,
    kept_out,
    out_of_scope,
    phones,
    staff,
)
from service.operations.consultation import consult
from service.operations.creation import create_ticket
from service.operations.erasure import erase
from service.operations.people import keep_person
from service.permissions import Actor, Role
from service.queries import calls as noted_calls
from service.queries import conversation as written
from service.queries import incoming, lists, openings, tickets
from service.queries.sheet import sheet
from service.sealing import ring
from tests.factories import REDON, World, a_notice, a_submitted_ticket, an_account, seeded_world, today
from tests.operations.conftest import Hand

WHY = "Son CDAS est fermé et elle est devant moi."


@pytest.fixture
def world(db: str, hand: Hand) -> World:
    with transaction() as session:
        return seeded_world(session)


def reads(actor: Actor, ticket_id: UUID) -> bool:
    with reading() as session:
        return sheet(session, actor, ticket_id) is not None


def an_emergency(actor: Actor, **changes: object) -> str:
    given = {
        "motives": ["domestic_violence"],
        "vulnerabilities": ["isolation"],
        "phone": "06 00 00 00 01",
        "who_accompanies": "nobody",
        "answer_given": ["telephone"],
        "answered_on": today(),
        "last_name": "Exemple-Fictif",
        "first_name": "Démo",
        "matricule": "7654321",
        "commune": REDON,
        "told_on": today(),
    }
    return create_ticket(actor, "social_emergency", {**given, **changes}, str(uuid4()), submit=True)[0]


# ---------------------------------------------------------------- opened out of scope
def test_a_head_reads_one_ticket_for_four_hours_with_a_reason_and_the_head_concerned_is_told(
    world: World, hand: Hand
) -> None:
    ticket = a_submitted_ticket(world.cdas_agent)
    head = world.cdas_head_elsewhere
    with pytest.raises(NotVisible):
        consult(head, ticket.reference)
    assert out_of_scope.open_ticket(head, ticket.reference, WHY) == ticket.reference
    assert consult(head, ticket.reference) == ticket.id
    assert reads(head, ticket.id)
    with reading() as session:
        assert session.scalars(lists.queue(head, lists.Filters())).all() == []
        mail = session.scalars(select(OutboxMail).where(OutboxMail.event == "out_of_scope")).one()
        told = (mail.recipient, mail.subject, mail.body)
    assert told[0] == "cdas-head@test.example"
    assert "Exemple" not in " ".join(told)
    assert WHY not in told[2]
    hand.on(hours=4, seconds=1)
    assert not reads(head, ticket.id)
    with pytest.raises(NotVisible):
        consult(head, ticket.reference)


def test_a_head_kept_out_of_the_request_is_not_told(world: World) -> None:
    """Invariant 8."""
    ticket = a_submitted_ticket(world.cdas_agent)
    with transaction() as session:
        other = an_account(session, "cdas-redon", Role.CDAS_HEAD, email="autre@test.example")
    kept_out.declare(other, ticket.reference, world.cdas_head.account_id)
    out_of_scope.open_ticket(world.cdas_head_elsewhere, ticket.reference, WHY)
    with reading() as session:
        mails = session.scalars(select(OutboxMail.recipient).where(OutboxMail.event == "out_of_scope")).all()
    assert mails == ["autre@test.example"]


def test_what_is_opened_out_of_scope_is_read_and_nothing_else(world: World) -> None:
    """No act, message, note, print; the other institution's notes never (invariant 1)."""
    ticket = a_submitted_ticket(world.cdas_agent)
    conversation.write_note(world.caf_agent, ticket.reference, "Note de la Caf.", "n1")
    conversation.write_note(world.cdas_agent, ticket.reference, "Note du CDAS.", "n2")
    head = world.cdas_head_elsewhere
    out_of_scope.open_ticket(head, ticket.reference, WHY)
    with pytest.raises(NotVisible):
        acts.perform(head, ticket.reference, "cancel", {})
    with pytest.raises(NotVisible):
        conversation.write_note(head, ticket.reference, "Bonjour.", "n3")
    with pytest.raises(NotVisible):
        consult(head, ticket.reference, "print")
    with reading() as session:
        notes = [note.body for note, *_ in session.execute(*written.notes(head, ticket.id))]
    assert notes == ["Note du CDAS."]


def test_an_absent_ticket_and_one_that_does_not_open_get_the_same_answer(world: World) -> None:
    """Invariant 7, R-PE-4: a notice, a draft, what is kept from the actor, an absent reference."""
    notice = create_ticket(
        world.caf_ts,
        "child_protection_notice",
        a_notice(),
        "trace",
        submit=True,
    )[0]
    kept = a_submitted_ticket(world.cdas_agent)
    kept_out.declare(world.cdas_head, kept.reference, world.cdas_head_elsewhere.account_id)
    for reference in (notice, kept.reference, "UD-0000-0000", "n'importe quoi"):
        with pytest.raises(InvalidInput) as refused:
            out_of_scope.open_ticket(world.cdas_head_elsewhere, reference, WHY)
        assert refused.value.fields == {"reference": [out_of_scope.NOT_OPENED]}
    with reading() as session:
        refusals = select(func.count()).where(AccessEntry.act == "open_out_of_scope", AccessEntry.refused)
        assert session.scalar(refusals) == 2


def test_only_heads_open_out_of_scope_and_each_within_their_institution(world: World) -> None:
    urgent = a_submitted_ticket(world.cdas_agent)
    social = an_emergency(world.cdas_agent)
    for role, actor in world.by_role.items():
        if role in {Role.CDAS_HEAD, Role.CAF_LEAD, Role.CAF_HEAD}:
            continue
        with pytest.raises(NotPermitted):
            out_of_scope.open_ticket(actor, urgent.reference, WHY)
    out_of_scope.open_ticket(world.caf_head, urgent.reference, WHY)
    assert reads(world.caf_head, urgent.id)
    with pytest.raises(InvalidInput):  # between two units of the Département: nothing of the Caf's
        out_of_scope.open_ticket(world.caf_lead, social, WHY)


def test_somebody_else_reviews_an_opening(world: World) -> None:
    """Invariant 3; the audit is told where no other head is, and the opening waits in the list of who reviews."""
    ticket = a_submitted_ticket(world.cdas_agent)
    out_of_scope.open_ticket(world.cdas_head_elsewhere, ticket.reference, WHY)
    with reading() as session:
        opening = session.scalars(openings.to_review(world.cdas_head)).one()
        for nobody in (world.cdas_head_elsewhere, world.cdas_agent, world.caf_head, world.admin):
            assert session.scalars(openings.to_review(nobody)).all() == []
    with pytest.raises(NotVisible):
        out_of_scope.review(world.cdas_head_elsewhere, opening.id, "justified")
    out_of_scope.review(world.cdas_head, opening.id, "justified")
    with pytest.raises(NotVisible):
        out_of_scope.review(world.cdas_head, opening.id, "unjustified")
    with reading() as session:
        kept = session.scalars(select(OutOfScopeOpening)).one()
        assert (kept.reviewed_by, kept.verdict, kept.reason) == (world.cdas_head.account_id, "justified", WHY)


def test_losing_the_role_closes_what_was_opened(world: World) -> None:
    """Invariant 4."""
    ticket = a_submitted_ticket(world.cdas_agent)
    out_of_scope.open_ticket(world.cdas_head_elsewhere, ticket.reference, WHY)
    assert not reads(replace(world.cdas_head_elsewhere, role=Role.CDAS_AGENT), ticket.id)
    assert not reads(replace(world.cdas_head_elsewhere, unit_id="cdas-fougeres"), ticket.id)


# ---------------------------------------------------------------- protected telephone
def test_r_dp_8_the_telephone_is_protected_by_itself_when_the_motive_is_violence(world: World) -> None:
    reference = an_emergency(world.cdas_agent)
    with reading() as session:
        details = session.scalars(select(SocialEmergencyDetails)).one()
        assert details.phone_protected
    assert phones.show(world.cdas_agent, reference, WHY) == "06 00 00 00 01"
    with reading() as session:
        assert session.scalar(select(func.count()).where(AccessEntry.act == "phone")) == 1
    with pytest.raises(NotVisible):
        phones.show(world.cdas_head_elsewhere, reference, WHY)


def test_r_dp_8_another_motive_leaves_the_telephone_open_unless_it_is_asked(world: World) -> None:
    reference = an_emergency(world.cdas_agent, motives=["food"])
    with pytest.raises(GuardRefused):
        phones.show(world.cdas_agent, reference, WHY)
    asked = an_emergency(world.cdas_head, motives=["food"], phone_protected=True)
    assert phones.show(world.cdas_head, asked, WHY) == "06 00 00 00 01"


def test_r_dp_8_a_draft_made_from_a_protected_request_is_protected_by_whatever_road_it_leaves(
    world: World,
) -> None:
    """Also when the API sends it."""
    origin = an_emergency(world.cdas_agent)
    draft, _ = create_ticket(
        world.cdas_agent, "appointment", {}, "d", submit=False, made_from=(origin, "need_revealed")
    )
    given = {
        "last_name": "Exemple-Morin",
        "first_name": "Malo",
        "commune": REDON,
        "told_on": today(),
        "source": "cdas",
        "who_accompanies": "nobody",
        "phone": "06 00 00 00 01",
    }
    acts.perform(world.cdas_agent, draft, "submit", given)
    assert phones.show(world.cdas_agent, draft, WHY) == "06 00 00 00 01"


def test_r_dp_8_what_is_made_by_hand_from_a_protected_request_is_protected_too(world: World) -> None:
    origin = an_emergency(world.cdas_agent)
    given = {
        "matricule": "7654321",
        "last_name": "Exemple-Morin",
        "first_name": "Malo",
        "commune": REDON,
        "told_on": today(),
        "asked_by": "social_worker",
        "to_service": "prestations",
        "phone": "06 00 00 00 01",
        "phone_protected": False,
    }
    made, _ = create_ticket(
        world.cdas_agent,
        "rights_meeting",
        given,
        "made-by-hand",
        submit=True,
        made_from=(origin, "rights_to_review"),
    )
    assert phones.show(world.cdas_agent, made, WHY) == "06 00 00 00 01"


# ---------------------------------------------------------------- kept out
def test_who_has_a_link_with_the_family_finds_it_nowhere_and_the_person_neither(world: World) -> None:
    """page, lists, search, whatever the role, and the tickets to come of that matricule."""
    ticket = a_submitted_ticket(world.cdas_agent, matricule="7654321", last_name="Exemple-Lien")
    kept_out.declare(world.caf_lead, ticket.reference, world.caf_agent.account_id)
    later = a_submitted_ticket(world.cdas_head, matricule="7654321", last_name="Exemple-Lien")
    for one in (ticket, later):
        with pytest.raises(NotVisible):
            consult(world.caf_agent, one.reference)
        assert not reads(world.caf_agent, one.id)
        assert reads(world.other_caf_agent, one.id)
    with reading() as session:
        for query in (
            tickets.of_matricule(world.caf_agent, "7654321"),
            tickets.of_name(world.caf_agent, "Exemple-Lien"),
            lists.queue(world.caf_agent, lists.Filters()),
        ):
            assert session.scalars(query).all() == []
    given = {"started_at": clock.now(), "minutes": 0, "answered": False, "matricule": "7654321"}
    calls.record_call(world.caf_lead, {**given, "cdas": "cdas-redon"}, "appel")
    with reading() as session:
        assert noted_calls.count(session, world.caf_agent) == 0
        assert noted_calls.count(session, world.other_caf_agent) == 1
    kept_out.take_back(world.caf_lead, ticket.reference, world.caf_agent.account_id)
    assert reads(world.caf_agent, later.id)


def test_a_link_with_a_family_follows_the_matricule_that_comes_later(world: World, hand: Hand) -> None:
    """R-DP-1: « complete » gives it, or another one; the family's others are closed to who was kept out before."""
    first, other = (
        a_submitted_ticket(world.cdas_agent),
        a_submitted_ticket(world.cdas_agent, matricule="7654321"),
    )
    kept_out.declare(world.caf_lead, first.reference, world.caf_agent.account_id)
    assert reads(world.caf_agent, other.id)
    with transaction() as session:
        keep_person(session, first.id, {"matricule": "7654321"})
    assert not reads(world.caf_agent, first.id)
    assert not reads(world.caf_agent, other.id)


def test_a_link_with_a_family_outlives_the_request_it_was_declared_on(world: World) -> None:
    """R-DP-6 takes the request, not what it says of the family's others."""
    first, second = (a_submitted_ticket(world.cdas_agent, matricule="7654321") for _ in range(2))
    kept_out.declare(world.caf_lead, first.reference, world.caf_agent.account_id)
    for gone, left in (([first.id], [second.id]), ([second.id], [])):
        with transaction() as session:
            erase(session, gone)
            assert list(session.scalars(select(KeptOut.ticket_id))) == left
        assert not reads(world.caf_agent, second.id)


def test_the_mail_of_a_family_is_not_read_either(world: World) -> None:
    """Also the one that another request of the same matricule came by."""
    first, second = (a_submitted_ticket(world.cdas_agent, matricule="7654321") for _ in range(2))
    with transaction() as session:
        session.add(
            IncomingMail(
                fingerprint="f",
                fate="ticket",
                channel="email",
                received_at=clock.now(),
                recorded_at=clock.now(),
                ticket_id=second.id,
            )
        )
    with reading() as session:
        assert session.scalars(select(IncomingMail.id).where(incoming.readable_by(world.caf_lead))).all()
    with transaction() as session:
        session.add(
            KeptOut(
                account_id=world.caf_lead.account_id,
                ticket_id=first.id,
                matricule_index=ring().blind_index("matricule", "7654321"),
                declared_by=world.caf_head.account_id,
                declared_at=clock.now(),
            )
        )
    with reading() as session:
        assert (
            session.scalars(select(IncomingMail.id).where(incoming.readable_by(world.caf_lead))).all() == []
        )


def test_a_ticket_keeps_somebody_who_can_act(world: World) -> None:
    """Invariants 3 and 8: not the last one, not who holds it, not oneself, not somebody of elsewhere."""
    ticket = a_submitted_ticket(world.cdas_agent)
    acts.perform(world.caf_agent, ticket.reference, "take", {})
    with pytest.raises(GuardRefused, match="confiez"):
        kept_out.declare(world.caf_lead, ticket.reference, world.caf_agent.account_id)
    with pytest.raises(NotPermitted):
        kept_out.declare(world.caf_lead, ticket.reference, world.caf_lead.account_id)
    with pytest.raises(NotVisible):
        kept_out.declare(world.cdas_head_elsewhere, ticket.reference, world.cdas_agent_elsewhere.account_id)
    free = a_submitted_ticket(world.cdas_agent)
    kept_out.declare(world.caf_lead, free.reference, world.other_caf_agent.account_id)
    given = {"unit_id": "caf-prestations", "holder_id": world.other_caf_agent.account_id}
    with pytest.raises(InvalidInput, match="corriger"):
        acts.perform(world.caf_lead, free.reference, "assign", given)


def test_the_last_one_who_could_act_is_not_kept_out(world: World) -> None:
    """Invariant 8: triage waits for the secretariat, where one person works; nor do heads keep each other out."""
    waiting = a_submitted_ticket(world.cdas_agent)
    with pytest.raises(GuardRefused, match="Plus personne"):
        kept_out.declare(world.caf_lead, waiting.reference, world.caf_secretariat.account_id)
    with transaction() as session:
        alone = an_account(session, "cdas-fougeres", Role.CDAS_AGENT, email="seule@test.example")
        head = an_account(session, "cdas-fougeres", Role.CDAS_HEAD, email="tete@test.example")
        second = an_account(session, "cdas-fougeres", Role.CDAS_HEAD, email="seconde@test.example")
    own = a_submitted_ticket(alone)
    acts.perform(world.caf_agent, own.reference, "take", {})
    acts.perform(world.caf_agent, own.reference, "ask", {"question": "Quelle ressource ?"})
    kept_out.declare(head, own.reference, alone.account_id)
    kept_out.declare(head, own.reference, second.account_id)
    with pytest.raises(NotPermitted):
        kept_out.declare(head, own.reference, head.account_id)
    with pytest.raises(NotVisible):
        kept_out.declare(second, own.reference, head.account_id)


# ---------------------------------------------------------------- named, standing in
def test_a_head_names_who_stands_in_from_a_day_to_another(world: World, hand: Hand) -> None:
    """Roles, R-PE-4: dated as a membership is; not by oneself, not by an agent, not of another unit or role."""
    agent = world.cdas_agent.account_id
    for nobody in (world.cdas_agent, world.cdas_head_elsewhere, world.caf_head):
        with pytest.raises((NotPermitted, NotVisible)):
            accounts.designate(nobody, agent, named=True, deputy=True)
    with pytest.raises(GuardRefused):
        accounts.designate(world.admin, world.cdas_head.account_id, named=False, deputy=True)
    accounts.designate(world.cdas_head, agent, named=False, deputy=True)
    assert acting(agent, hand).deputy
    hand.on(days=3)
    accounts.designate(world.cdas_head, agent, named=True, deputy=False)
    assert (acting(agent, hand).named, acting(agent, hand).deputy) == (True, False)
    with reading() as session:
        own = select(Membership).where(Membership.account_id == agent).order_by(Membership.starts_on)
        assert [(one.deputy, one.ends_on is None) for one in session.scalars(own)][-2:] == [
            (True, False),
            (False, True),
        ]


def acting(account_id: UUID, hand: Hand) -> Actor:
    with reading() as session:
        found = staff.actor_of(session, account_id, hand.at)
    assert found is not None
    return found


# ---------------------------------------------------------------- mass reading
@pytest.fixture
def many(world: World) -> list[Ticket]:
    return [a_submitted_ticket(world.cdas_agent) for _ in range(4)]


def test_reading_too_many_stops_tells_the_head_and_is_lifted_by_the_head(
    world: World, hand: Hand, many: list[Ticket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.workflows.settings.Values.number", lambda _self, key: _limit(key))
    for ticket in [*many[:3], *many[:3]]:
        consult(world.caf_agent, ticket.reference)  # again is not more
    with pytest.raises(TooManyReadings):
        consult(world.caf_agent, many[3].reference)
    with pytest.raises(TooManyReadings):
        consult(world.caf_agent, many[0].reference)
    with reading() as session:
        mail = session.scalars(select(OutboxMail).where(OutboxMail.event == "reading_stop")).all()
        assert {one.recipient for one in mail} == {"caf-lead@test.example", "caf-head@test.example"}
        stop = session.scalars(select(ReadingStop)).one()
    for stranger in (world.caf_agent, world.caf_head, world.cdas_head, world.admin):
        with pytest.raises(NotVisible):
            extraction.lift(stranger, stop.id, WHY)
    extraction.lift(world.caf_lead, stop.id, WHY)
    assert consultation.consult(world.caf_agent, many[3].reference) == many[3].id


def test_what_one_wrote_oneself_is_no_mass_reading(
    world: World, many: list[Ticket], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A busy day of somebody who opens requests, or of a program that does."""
    monkeypatch.setattr("service.workflows.settings.Values.number", lambda _self, key: _limit(key))
    for ticket in many:
        assert consult(world.cdas_agent, ticket.reference) == ticket.id
    assert consult(world.cdas_agent, a_submitted_ticket(world.cdas_head).reference)


def test_the_stop_ends_by_itself(
    world: World, hand: Hand, many: list[Ticket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.workflows.settings.Values.number", lambda _self, key: _limit(key))
    for ticket in many[:3]:
        consult(world.caf_agent, ticket.reference)
    with pytest.raises(TooManyReadings):
        consult(world.caf_agent, many[3].reference)
    hand.at += timedelta(hours=1, minutes=1)
    assert consult(world.caf_agent, many[3].reference) == many[3].id


def test_taking_too_many_lists_away_stops_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.workflows.settings.Values.number", lambda _self, key: _limit(key))
    for _ in range(2):
        consultation.note_export(world.caf_agent)
    with pytest.raises(TooManyReadings):
        consultation.note_export(world.caf_agent)
    consultation.note_export(world.other_caf_agent)


def _limit(key: str) -> int:
    return {"reads_per_hour": 3, "reads_per_day": 100, "exports_per_day": 2}.get(key, 5)
