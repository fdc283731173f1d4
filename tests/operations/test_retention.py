"""Archives, elimination lists and what they take (R-DP-6; P-05, P-06, P-07, P-09), on both databases."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import LargeBinary, Table, func, select, text, update
from sqlalchemy.exc import DBAPIError

from service import clock, database
from service.database import reading, transaction
from service.errors import GuardRefused, InvalidInput, NotPermitted, NotVisible
from service.jobs import eliminate
from service.models import (
    DETAILS,
    AccessEntry,
    AccessPurge,
    Account,
    ArchiveOpening,
    Base,
    EliminationApproval,
    EliminationLine,
    EliminationList,
    IncomingMail,
    JournalEntry,
    Membership,
    Ticket,
)
from service.operations import (
    accompaniments,
    accounts,
    acts,
    conversation,
    elimination_lists,
    elimination_register,
    eliminations,
    put_forward,
    staff,
)
from service.operations.access_log import forget_old_access
from service.operations.archives import archive_due, open_archived
from service.operations.consultation import consult
from service.operations.creation import create_ticket
from service.operations.elimination_register import RegisterRefused
from service.operations.erasure import BLANKED, DELETED
from service.operations.seals import seal_journal
from service.operations.settings import change_setting
from service.operations.verification import Verification
from service.permissions import Role
from service.queries import retention as queries
from service.queries import tickets
from service.statistics import figures
from service.statistics.periods import Month
from service.statistics.reading import facts_of
from tests import settings
from tests.factories import World, a_notice, a_submitted_ticket, an_account, seeded_world, today
from tests.jobs.hand import PARIS, Hand

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
REASON = "Demande du Défenseur des droits sur ce dossier."
QUESTION = "CANARI-QUESTION : pourquoi ce délai ?"
MONTH = Month.parse("2026-10")


@pytest.fixture
def hand() -> Iterator[Hand]:
    hand = Hand()
    with clock.driven(hand):
        yield hand


@pytest.fixture
def world(db: str, hand: Hand) -> World:
    elimination_register.configure(settings.config(db))
    with transaction() as session:
        return seeded_world(session)


def closed(world: World, hand: Hand, **changes: Any) -> Ticket:
    """A request with all that hangs on one, closed on 27 October 2026."""
    ticket = a_submitted_ticket(world.cdas_agent, **changes)
    ref = ticket.reference
    conversation.write_message(world.cdas_agent, ref, "CANARI-MESSAGE", f"m-{ref}")
    conversation.write_note(world.cdas_agent, ref, "CANARI-NOTE", f"n-{ref}")
    conversation.attach(world.cdas_agent, ref, "CANARI.pdf", PDF + ref.encode(), f"f-{ref}")
    put_forward.put_forward(world.cdas_agent, ref, QUESTION)
    acts.perform(world.caf_agent, ref, "take", {})
    acts.perform(world.caf_agent, ref, "answer", {"outcome": "restored", "text": "CANARI-RÉPONSE"})
    hand.instant += timedelta(hours=1)
    acts.perform(world.cdas_agent, ref, "acknowledge", {"usefulness": 4})
    return ticket


def run(job: Any = archive_due) -> int:
    with transaction() as session:
        done: int = job(session)
        return done


def row(ticket: Ticket) -> Ticket:
    with reading() as session:
        return session.get_one(Ticket, ticket.id)


def at(hand: Hand, day: date, hour: int = 3) -> None:
    hand.instant = datetime(day.year, day.month, day.day, hour, 10, tzinfo=PARIS)


def archived(world: World, hand: Hand) -> Ticket:
    ticket = closed(world, hand)
    change_setting(world.admin, "retention_on", "oui")
    at(hand, date(2027, 10, 28))
    assert run() == 1
    return ticket


def a_list(hand: Hand) -> EliminationList:
    at(hand, date(2028, 10, 29))
    assert run(elimination_lists.draw) >= 1
    with reading() as session:
        return session.scalars(select(EliminationList).order_by(EliminationList.number)).one()


def ready(world: World, hand: Hand) -> EliminationList:
    found = a_list(hand)
    eliminations.note_visa(world.cdas_head, found.id, "AD35 2028-114", today())
    for head in (world.cdas_head, world.cdas_head_elsewhere):
        eliminations.approve(head, found.id)
    return found


# ---------------------------------------------------------------- the archive
def test_nothing_leaves_early_nor_late_and_nothing_at_all_until_it_is_switched_on(
    world: World, hand: Hand
) -> None:
    """P-05: twelve calendar months after the last contact, the anniversary included."""
    ticket, going = closed(world, hand), a_submitted_ticket(world.cdas_agent, matricule="7654321")
    at(hand, date(2027, 10, 27), 23)
    assert run() == 0
    at(hand, date(2027, 10, 28))
    assert (run(), row(ticket).archived_at) == (1, None), "shown only"
    change_setting(world.admin, "retention_urgent_rights", "13")
    change_setting(world.admin, "retention_on", "oui")
    assert run() == 0
    change_setting(world.admin, "retention_urgent_rights", "12")
    assert (run(), run()) == (1, 0)
    assert row(ticket).archived_at == clock.now()
    assert row(going).archived_at is None


def test_an_accompaniment_that_goes_on_is_contact(world: World, hand: Hand) -> None:
    ticket = closed(world, hand)
    change_setting(world.admin, "retention_on", "oui")
    given = {
        "matricule": "1234567",
        "last_name": "Exemple-Le Gall",
        "first_name": "Éloïse",
        "event": "planned_separation",
        "worker_id": world.caf_ts.account_id,
        "opened_on": today(),
        "term_on": today() + timedelta(days=300),
    }
    with transaction() as session:
        made = accompaniments.enter(session, given, ticket.id)
    at(hand, date(2028, 10, 28))
    assert run() == 0
    with transaction() as session:
        kept = session.merge(made)
        kept.closed_on, kept.closing_reason = date(2027, 12, 1), "objectives_met"
    at(hand, date(2028, 12, 1))
    assert run() == 0
    at(hand, date(2028, 12, 2))
    assert run() == 1


def test_an_archived_request_is_nowhere_for_anybody(world: World, hand: Hand) -> None:
    """P-06: by link, list, search, act; figures do not move."""
    ticket = closed(world, hand)
    before = figured()
    change_setting(world.admin, "retention_on", "oui")
    at(hand, date(2027, 10, 28))
    assert (run(), figured()) == (1, before)
    for actor in world.by_role.values():
        with reading() as session:
            for query in (
                tickets.only(actor, ticket.reference),
                tickets.by_reference(actor, ticket.reference),
                tickets.readable(actor),
                tickets.of_matricule(actor, "1234567"),
                tickets.of_name(actor, "Éloïse"),
            ):
                assert session.scalars(query).all() == [], actor.role
        with pytest.raises(NotVisible):
            consult(actor, ticket.reference)
    with pytest.raises(NotVisible):
        acts.perform(world.caf_agent, ticket.reference, "reopen", {"reason": "Rien n’a été versé."})


def test_a_head_opens_it_for_a_while_to_read_and_says_why(world: World, hand: Hand) -> None:
    ticket = archived(world, hand)
    with pytest.raises(InvalidInput):
        open_archived(world.cdas_head, ticket.reference, "trop court")
    for other in (world.cdas_head_elsewhere, world.caf_head, world.cdas_agent, world.admin):
        with pytest.raises(NotVisible):
            open_archived(other, ticket.reference, REASON)
    assert open_archived(world.cdas_head, ticket.reference.lower(), REASON) == ticket.reference
    assert consult(world.cdas_head, ticket.reference) == ticket.id
    for refused in (
        lambda: consult(world.cdas_head, ticket.reference, "print"),
        lambda: consult(world.caf_lead, ticket.reference),
        lambda: conversation.write_note(world.cdas_head, ticket.reference, "Une note", "late"),
    ):
        with pytest.raises(NotVisible):
            refused()
    with reading() as session:
        assert session.scalars(tickets.readable(world.cdas_head)).all() == [], "no list shows it"
        opening = session.scalars(select(ArchiveOpening)).one()
        logged = select(AccessEntry.refused).where(AccessEntry.act == "open_archive")
        assert sorted(session.scalars(logged)) == [False, True, True, True, True]
    assert opening.reason == REASON
    hand.instant += timedelta(hours=4)
    with pytest.raises(NotVisible):
        consult(world.cdas_head, ticket.reference)


# ---------------------------------------------------------------- the list
def test_a_list_runs_only_with_its_visa_and_two_heads(world: World, hand: Hand) -> None:
    """P-06, A-60: never oneself twice, nobody without the role, nothing before the Archives have seen it."""
    ticket = archived(world, hand)
    at(hand, date(2028, 10, 28))
    assert run(elimination_lists.draw) == 0, "the anniversary of the archiving is still within"
    found = a_list(hand)
    assert (found.institution, found.reserved, found.lines) == ("departement", False, 1)
    assert run(elimination_lists.draw) == 0, "in one list at a time"
    with pytest.raises(GuardRefused, match="visa"):
        eliminations.approve(world.cdas_head, found.id)
    with pytest.raises(GuardRefused, match="visa"):
        eliminations.ask_to_run(world.admin, found.id)
    for day in (today() + timedelta(days=1), date(2028, 10, 28)):
        with pytest.raises(InvalidInput):
            eliminations.note_visa(world.cdas_head, found.id, "AD35 2028-114", day)
    for stranger, said in (
        (world.caf_lead, NotVisible),
        (world.admin, NotPermitted),
        (world.cdas_agent, NotPermitted),
    ):
        with pytest.raises(said):
            eliminations.note_visa(stranger, found.id, "AD35 2028-114", today())
    eliminations.note_visa(world.cdas_head, found.id, "AD35 2028-114", today())
    with pytest.raises(GuardRefused, match="déjà noté"):
        eliminations.note_visa(world.cdas_head, found.id, "AD35 2028-115", today())
    eliminations.approve(world.cdas_head, found.id)
    with pytest.raises(GuardRefused, match="deux personnes différentes"):
        eliminations.approve(world.cdas_head, found.id)
    with pytest.raises(GuardRefused, match="Deux personnes"):
        eliminations.ask_to_run(world.admin, found.id)
    eliminations.approve(world.cdas_head_elsewhere, found.id)
    with pytest.raises(NotPermitted):
        eliminations.ask_to_run(world.cdas_head, found.id)
    change_setting(world.admin, "retention_on", "non")
    with pytest.raises(GuardRefused, match="pas activée"):
        eliminations.ask_to_run(world.admin, found.id)
    assert (eliminations.run_asked(lambda: None), row(ticket).eliminated_at) == (0, None)
    with transaction() as session, pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
        session.execute(update(EliminationLine).values(reference="UR-AAAAAA"))


def test_of_many_approvals_at_once_two_are_kept(world: World, hand: Hand) -> None:
    """The same person twice, and a third one, at the same moment."""
    archived(world, hand)
    found = a_list(hand)
    eliminations.note_visa(world.cdas_head, found.id, "AD35 2028-114", today())

    def approves(head: Any) -> bool:
        try:
            eliminations.approve(head, found.id)
        except GuardRefused:
            return False
        return True

    with ThreadPoolExecutor(6) as hands:
        said = list(hands.map(approves, [world.cdas_head, world.cdas_head_elsewhere] * 3))
    assert sum(said) == 2
    with reading() as session:
        assert len(set(session.scalars(select(EliminationApproval.account_id)))) == 2


@pytest.mark.parametrize(("first", "second"), [(0, 1), (1, 0), (0, 2), (2, 0), (1, 3), (2, 3)])
def test_accounts_tied_by_invitations_do_not_approve_together(
    world: World, hand: Hand, first: int, second: int
) -> None:
    """P-06: who invites chooses the address that opens the account; whichever way, over one more, of one inviter."""
    archived(world, hand)
    found = a_list(hand)
    eliminations.note_visa(world.cdas_head, found.id, "AD35 2028-114", today())
    heads = [world.cdas_head, _invited_by(world.cdas_head, "un@test.example")]
    heads += [_invited_by(heads[1], "deux@test.example"), _invited_by(world.cdas_head, "trois@test.example")]
    eliminations.approve(heads[first], found.id)
    with pytest.raises(GuardRefused, match="invitations d’une même personne"):
        eliminations.approve(heads[second], found.id)
    eliminations.approve(_invited_by(world.admin, "autre@test.example"), found.id)
    eliminations.ask_to_run(world.admin, found.id)


def test_an_approval_that_is_suspended_meanwhile_still_ties(world: World, hand: Hand) -> None:
    """Else: the invited approves, is suspended, the inviter approves, and the first one counts again."""
    archived(world, hand)
    found = a_list(hand)
    eliminations.note_visa(world.cdas_head, found.id, "AD35 2028-114", today())
    second = _invited_by(world.cdas_head, "second@test.example")
    eliminations.approve(second, found.id)
    accounts.suspend(world.cdas_head, second.account_id)
    with pytest.raises(GuardRefused, match="invitations d’une même personne"):
        eliminations.approve(world.cdas_head, found.id)


@pytest.mark.parametrize(
    ("opener", "again"),
    [("cdas_head", ["admin"]), ("admin", ["cdas_head"]), ("admin", ["cdas_head", "admin"])],
)
def test_whoever_sent_a_link_is_tied_used_or_replaced(
    world: World, hand: Hand, opener: str, again: list[str]
) -> None:
    """Who chose the address, and who may have kept a link that was asked for again; suspended and back, too."""
    archived(world, hand)
    found = a_list(hand)
    eliminations.note_visa(world.cdas_head, found.id, "AD35 2028-114", today())
    senders = [getattr(world, post) for post in again]
    second = _invited_by(getattr(world, opener), "second@test.example", *senders)
    eliminations.approve(world.cdas_head, found.id)
    with pytest.raises(GuardRefused, match="invitations d’une même personne"):
        eliminations.approve(second, found.id)


def test_two_who_let_in_the_same_person_are_not_tied(world: World, hand: Hand) -> None:
    archived(world, hand)
    found = a_list(hand)
    eliminations.note_visa(world.cdas_head, found.id, "AD35 2028-114", today())
    other = _invited_by(world.admin, "autre@test.example")
    newcomer = _invited_by(world.cdas_head, "neuf@test.example")
    accounts.accept(accounts.invite_again(other, newcomer.account_id).secret, "quatre mots au hasard 2029")
    eliminations.approve(world.cdas_head, found.id)
    eliminations.approve(other, found.id)
    eliminations.ask_to_run(world.admin, found.id)


def _invited_by(inviter: Any, address: str, *again: Any) -> Any:
    """A head who entered by the last of the links: each was replaced, and the account suspended, before the next."""
    invited = accounts.invite(
        inviter, email=address, name="Dupuis-Démo Alix", unit_code="cdas-redon", role=Role.CDAS_HEAD
    )
    for sender in again:
        accounts.suspend(inviter, invited.account_id)
        accounts.reinstate(inviter, invited.account_id)
        invited = accounts.invite_again(sender, invited.account_id)
    accounts.accept(invited.secret, "trois mots au hasard 2028")
    with reading() as session:
        return staff.actor_of(session, invited.account_id, clock.now())


def test_the_approval_of_a_head_who_is_no_more_one_does_not_count(world: World, hand: Hand) -> None:
    """Invariant 4: a right ends with the post."""
    archived(world, hand)
    found = ready(world, hand)
    with transaction() as session:
        moved = session.scalars(
            select(Membership).where(Membership.account_id == world.cdas_head_elsewhere.account_id)
        ).one()
        moved.role = Role.CDAS_AGENT
    with pytest.raises(GuardRefused, match="Deux personnes"):
        eliminations.ask_to_run(world.admin, found.id)
    with reading() as session:
        assert [one.stands for one in eliminations.approvals(session, found.id)] == [True, False]
    with transaction() as session:
        other = an_account(session, "cdas-vitre", Role.CDAS_HEAD, email="suivante@test.example")
    eliminations.approve(other, found.id)
    eliminations.ask_to_run(world.admin, found.id)


def test_a_list_whose_approval_ends_before_it_runs_waits_for_another(world: World, hand: Hand) -> None:
    """Invariant 4: the right ends with the post, be it between asking and running; the other lists run."""
    ticket = archived(world, hand)
    found = ready(world, hand)
    eliminations.ask_to_run(world.admin, found.id)
    with transaction() as session:
        session.get_one(Account, world.cdas_head_elsewhere.account_id).suspended_at = clock.now()
    assert (eliminations.run_asked(lambda: None), row(ticket).eliminated_at) == (0, None)
    with reading() as session:
        assert session.get_one(EliminationList, found.id).asked_at is None
    with transaction() as session:
        other = an_account(session, "cdas-vitre", Role.CDAS_HEAD, email="suivante@test.example")
    eliminations.approve(other, found.id)
    eliminations.ask_to_run(world.admin, found.id)
    assert eliminations.run_asked(lambda: None) == 1


def test_a_list_that_has_begun_is_not_set_aside_and_keeps_no_other_from_running(
    world: World, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half done, then an approval is lost: nobody may write that its requests stay in the archives."""
    monkeypatch.setattr(eliminations, "_AT_ONCE", 1)
    for _ in range(2):
        closed(world, hand)
    change_setting(world.admin, "retention_on", "oui")
    at(hand, date(2027, 10, 29))
    assert run() == 2
    at(hand, date(2028, 10, 30))
    assert run(elimination_lists.draw) == 2
    with reading() as session:
        found = session.scalars(select(EliminationList)).one()
    eliminations.note_visa(world.cdas_head, found.id, "AD35 2028-114", today())
    for head in (world.cdas_head, world.cdas_head_elsewhere):
        eliminations.approve(head, found.id)
    eliminations.ask_to_run(world.admin, found.id)
    turns = iter((None,))

    def renew() -> None:
        next(turns)

    with pytest.raises(StopIteration):
        eliminations.run_asked(renew)
    with transaction() as session:
        session.get_one(Account, world.cdas_head_elsewhere.account_id).suspended_at = clock.now()
    assert eliminations.run_asked(lambda: None) == 0
    with pytest.raises(GuardRefused, match="a commencé"):
        eliminations.set_aside(world.cdas_head, found.id)


def test_a_list_set_aside_gives_its_requests_to_the_next(world: World, hand: Hand) -> None:
    archived(world, hand)
    found = a_list(hand)
    eliminations.set_aside(world.cdas_head, found.id)
    with pytest.raises(GuardRefused, match="ne change plus"):
        eliminations.approve(world.cdas_head, found.id)
    assert run(elimination_lists.draw) == 0, "one list a month"
    at(hand, date(2028, 11, 1))
    assert run(elimination_lists.draw) == 1


def test_notices_have_lists_of_their_own_for_the_head_of_the_service_alone(world: World, hand: Hand) -> None:
    """R-PE-4: absent from the others' lists; the administration runs them by number."""
    given = a_notice()
    notice = create_ticket(world.caf_ts, "child_protection_notice", given, "trace", submit=True)[0]
    acts.perform(world.cdas_head, notice, "receive", {})
    acts.perform(world.cdas_head, notice, "assess", {"decision": "assessment", "decided_on": today()})
    change_setting(world.admin, "retention_on", "oui")
    at(hand, date(2028, 10, 28))
    assert run() == 1
    at(hand, date(2029, 10, 29))
    assert run(elimination_lists.draw) == 1
    for actor in world.by_role.values():
        with reading() as session:
            assert session.scalars(queries.archived(actor)).all() == []
            assert bool(session.scalars(queries.lists(actor)).all()) == (actor.role is Role.CAF_HEAD)


# ---------------------------------------------------------------- what it takes
def figured() -> str:
    with reading() as session:
        return "".join(
            figures.written(figures.figures_of(facts_of(session, month))) for month in (MONTH, MONTH.back(-1))
        )


def sealed_of(ticket_id: UUID) -> list[bytes]:
    """Every sealed text, salt and blind index of the request, as they stand in the database."""
    found: list[bytes] = []
    with reading() as session:
        for table in Base.metadata.sorted_tables:
            if table.name == "sealed_head" or "ticket_id" not in table.columns:
                continue
            for column in table.columns:
                kept = column.name.endswith(("digest", "hash"))
                if isinstance(column.type, LargeBinary) and not kept:
                    values = session.scalars(select(column).where(table.c.ticket_id == ticket_id))
                    found += [value for value in values if value]
    return found


def bytes_of(url: str) -> bytes:
    """The file with its log; of a server, every row as a dump writes it."""
    if url.startswith("sqlite"):
        path = Path(url.removeprefix("sqlite:///"))
        return b"".join(one.read_bytes() for one in path.parent.glob(f"{path.name}*"))
    with reading() as session:
        rows = [
            str(value)
            for table in Base.metadata.sorted_tables
            for value in session.scalars(text(f'SELECT whole::text FROM "{table.name}" AS whole'))
        ]
    return "\n".join(rows).encode()


def test_an_elimination_leaves_a_skeleton_the_same_figures_and_a_chain_that_holds(
    db: str, world: World, hand: Hand, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """P-07: no byte of the family is left in the database nor in the logs; nothing else loses anything."""
    other = closed(world, hand, matricule="7654321", last_name="Autre", first_name="Zoé")
    hand.instant += timedelta(days=20)
    ticket = closed(world, hand)
    with transaction() as session:
        session.add(
            IncomingMail(
                fingerprint="sha256-of-bytes",
                fate="joined",
                channel="email",
                received_at=clock.now(),
                recorded_at=clock.now(),
                ticket_id=ticket.id,
                sender="CANARI <canari@test.example>",
                rest="CANARI-RESTE",
            )
        )
        seal_journal(session)
    before, sealed = figured(), sealed_of(ticket.id)
    assert len(sealed) > 12
    change_setting(world.admin, "retention_on", "oui")
    at(hand, date(2027, 11, 17))
    assert run() == 2
    open_archived(world.cdas_head, ticket.reference, REASON)
    sealed += sealed_of(ticket.id)
    with transaction() as session:  # the other one stays: somebody wants it kept
        session.execute(update(Ticket).where(Ticket.id == other.id).values(archived_at=None))
    kept = sealed_of(other.id)
    at(hand, date(2028, 11, 18))
    assert run(elimination_lists.draw) == 1
    with reading() as session:
        found = session.scalars(select(EliminationList)).one()
    eliminations.note_visa(world.cdas_head, found.id, "AD35 2028-114", today())
    for head in (world.cdas_head, world.cdas_head_elsewhere):
        eliminations.approve(head, found.id)
    eliminations.ask_to_run(world.admin, found.id)
    assert (eliminate.run(lambda: None), eliminate.run(lambda: None)) == (1, 0)
    assert row(ticket).eliminated_at == clock.now()
    assert figured() == before
    with reading() as session:
        assert list(Verification(session).findings()) == []
        assert session.get_one(EliminationList, found.id).executed_at == clock.now()
        entry = select(func.count()).where(JournalEntry.ticket_id == ticket.id)
        assert session.scalar(entry.where(JournalEntry.payload_sealed.is_not(None))) == 0
    database.engine().dispose()
    data = bytes_of(db)
    written = [value if db.startswith("sqlite") else value.hex().encode() for value in sealed]
    assert not [value for value in written if value[:48] in data]
    assert data.count(b"CANARI-QUESTION") == 1, "the other request's own"
    assert b"CANARI" not in caplog.text.encode()
    assert sealed_of(other.id) == kept
    with pytest.raises(NotVisible):
        open_archived(world.cdas_head, ticket.reference, REASON)


def test_where_backups_go_nowhere_nothing_is_eliminated(world: World, hand: Hand, db: str) -> None:
    """P-08: a database restored by other means could not know; the demonstration apart, which is thrown away."""
    archived(world, hand)
    found = ready(world, hand)
    elimination_register.configure(
        settings.config(db, DEMONSTRATION="0", PUBLIC_URL="https://relais.example")
    )
    with pytest.raises(RegisterRefused, match="registre"):
        eliminations.ask_to_run(world.admin, found.id)


KEPT: dict[str, str] = {
    "clock_record": "durations that figures read; nothing of a person",
    "journal_entry": "the chain; its payload is blanked",
    "sealed_head": "digests that prove the journal; nothing of a person",
    "access_entry": "who read, without content; goes after its own months (P-09)",
    "elimination_line": "the proof of the elimination: reference, kind, dates",
    "call": "a figure of the direct line; file number and remark are blanked",
    "incoming_mail": "a figure; sender, subject, texts and bytes are blanked",
    "meeting_line": "frozen minutes; the question is blanked",
    "put_forward": "frozen minutes; the question is blanked",
    "letter_printed": "how many letters a unit made; the request is no longer named",
    "ticket_link": "goes with either end",
    "incoming_file": "goes with its message",
    "idempotency_key": "goes by the name of what was made",
    "ticket": "the skeleton",
    # what is sealed here is not of a request
    "account": "a professional",
    "second_factor": "a professional's telephone",
    "begun_login": "a professional's login",
    "recovery_code": "a professional's codes",
    "login_attempt": "goes after a day",
    "login_session": "a professional's session",
    "provider_identity": "a professional's way in",
    "reading_stop": "about a professional; goes with the access log",
    "unusual_read": "about a professional; goes after a year",
    "named_list": "that a list was taken away; goes with the access log",
    "webhook_endpoint": "an address of a program, and the secret that signs; nothing of a person",
    "subject_request": "the proof that somebody was answered; goes after five years",
    "announcement_file": "what the institutions write to each other, not about a person",
}


def _says_of_a_person(table: Table) -> bool:
    named = {"ticket_id", "from_id", "to_id", "mail_id"} & set(table.columns.keys())
    keys = any(key.references(Base.metadata.tables["ticket"]) for key in table.foreign_keys)
    return bool(named) or keys or any(one.name.endswith(("_sealed", "_index")) for one in table.columns)


@pytest.mark.parametrize("table", Base.metadata.sorted_tables, ids=lambda table: str(table.name))
def test_every_table_that_says_something_of_a_request_or_a_person_is_placed(table: Any) -> None:
    """P-07: a new one fails here until an elimination takes it, or its reason to stay is written."""
    erased = {model.__tablename__ for model in (*DELETED, *BLANKED, *DETAILS.values())}
    if _says_of_a_person(table):
        assert table.name in erased | set(KEPT), table.name


# ---------------------------------------------------------------- the access log
def test_who_read_what_is_kept_for_its_months_then_goes_and_leaves_its_reason(
    world: World, hand: Hand
) -> None:
    """P-09: nothing goes without the row that says so, and nobody takes that row back."""
    ticket = a_submitted_ticket(world.cdas_agent)
    consult(world.cdas_agent, ticket.reference)
    at(hand, date(2027, 10, 27), 23)
    consult(world.cdas_head, ticket.reference)
    assert run(forget_old_access) == 0
    at(hand, date(2027, 10, 28))
    assert (run(forget_old_access), run(forget_old_access)) == (1, 0)
    with reading() as session:
        assert session.scalars(select(AccessEntry.account_id)).all() == [world.cdas_head.account_id]
        purge = session.scalars(select(AccessPurge)).one()
    assert (purge.lines, purge.purged_at) == (1, clock.now())
    for statement in (
        "DELETE FROM access_entry",
        "DELETE FROM access_purge",
        "UPDATE access_purge SET lines = 0",
    ):
        with transaction() as session, pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
            session.execute(text(statement))
    change_setting(world.admin, "access_log_months", "6")
    at(hand, date(2028, 4, 28))
    assert run(forget_old_access) == 1
