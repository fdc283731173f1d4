"""The demonstration: the same twice, believable, and true to every rule because the real operations made it."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, undefer

from service import clock, database, demonstration
from service.demonstration import circuits_words
from service.demonstration.accounts import SHOWN_CDAS
from service.directory.reading import load as places
from service.errors import GuardRefused
from service.models import (
    Account,
    AnnouncementReceipt,
    Attachment,
    AwarenessAction,
    Call,
    ClockRecord,
    CnafRequest,
    Concertation,
    IdempotencyKey,
    IncomingMail,
    InternalNote,
    JournalEntry,
    LocalMeeting,
    Membership,
    Message,
    MonthFigures,
    OutboxMail,
    Person,
    Sector,
    SharedDocument,
    SiAction,
    SiAgreement,
    SiStructure,
    SocialEmergencyDetails,
    Ticket,
    UrgentRightsDetails,
)
from service.operations import files, passwords, standing
from service.operations.staff import actor_of
from service.operations.transitions import link_of
from service.permissions import ROLE_LABELS, Institution, Role
from service.queries import lists, news
from service.queries.reference import reference
from service.statistics.periods import Month
from service.workflows import calendars, journal, machine
from service.workflows.clocks import replay
from service.workflows.nir import find as find_nir
from service.workflows.qualification import Nature
from service.workflows.registry import WORKFLOWS
from service.workflows.urgent_rights import LINE_OPEN_REASONS, OUTCOMES, REJECTION_REASONS, URGENT_RIGHTS
from tests import run_folder, scale
from tests.demonstration.world import LAST_DAY, SINCE, load, opened, told

PARIS = ZoneInfo("Europe/Paris")
TICKETS = scale.count(300, demonstration.loading.TICKETS)
UNTIMED = {"co_intervention", "handover", "appointment", "social_emergency", "rights_meeting"}
"""Kinds with states in which a unit owes the next step and no clock runs: no delay is set for it."""

FIRST_DAY = SINCE if TICKETS < 1000 else date(2025, 1, 1)


@pytest.fixture(scope="module")
def loaded() -> Path:
    """One demonstration to look at, loaded once a run: some weeks, at night the whole of it."""
    return run_folder.made_once(
        "some-weeks.sqlite3", lambda path: load(path, since=FIRST_DAY, tickets=TICKETS)
    )


@pytest.fixture
def session(loaded: Path) -> Iterator[Session]:
    with opened(loaded) as session:
        yield session


# ---------------------------------------------------------------- the same twice
def test_the_same_seed_and_day_tell_the_same(tmp_path: Path) -> None:
    first, second = load(tmp_path / "first.sqlite3"), load(tmp_path / "second.sqlite3")
    with opened(first) as session:
        one = told(session)
    with opened(second) as session:
        other = told(session)
    assert min(len(rows) for rows in one.values()) > 0
    assert one == other


def test_another_seed_or_another_day_tell_something_else(tmp_path: Path) -> None:
    ways: tuple[dict[str, Any], ...] = ({}, {"seed": 7}, {"today": LAST_DAY - timedelta(days=1)})
    seen = []
    for number, way in enumerate(ways):
        with opened(
            load(tmp_path / f"{number}.sqlite3", tickets=20, since=date(2026, 11, 2), **way)
        ) as session:
            seen.append(told(session))
    for name in ("tickets", "journal", "persons"):
        assert seen[0][name] != seen[1][name] != seen[2][name] != seen[0][name]


def test_without_a_day_nothing_is_later_than_now(tmp_path: Path) -> None:
    """`make demo` at ten in the morning shows the morning, not the afternoon to come."""
    at = datetime(2026, 11, 18, 10, 5, tzinfo=PARIS)
    with clock.driven(lambda: at):
        path = load(tmp_path / "demo.sqlite3", today=None, since=date(2026, 10, 1), tickets=60)
    with opened(path) as session:
        latest = session.scalar(select(func.max(JournalEntry.recorded_at)))
        states = set(session.scalars(select(Ticket.state).where(Ticket.asking_unit_id == SHOWN_CDAS)))
    assert at - timedelta(hours=20) < latest <= at
    assert URGENT_RIGHTS.open_states <= states


def test_a_database_in_use_is_left_alone(tmp_path: Path) -> None:
    path = load(tmp_path / "demo.sqlite3", tickets=5, since=date(2026, 11, 9))
    with opened(path) as session:
        before = told(session)
    with pytest.raises(GuardRefused):
        load(path, tickets=5, since=date(2026, 11, 9))
    database.engine().dispose()
    with opened(path) as session:
        assert told(session) == before


@pytest.mark.parametrize("since", [date(2024, 12, 1), LAST_DAY + timedelta(days=1)])
def test_days_before_the_convention_or_after_the_last_are_refused(tmp_path: Path, since: date) -> None:
    with pytest.raises(GuardRefused):
        load(tmp_path / "demo.sqlite3", since=since)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.postgresql
def test_it_loads_into_postgresql_too(postgresql_url: str, key_ring: object) -> None:
    demonstration.load(postgresql_url, LAST_DAY, since=date(2026, 11, 2), tickets=20)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Ticket)) > 20
    database.engine().dispose()


# ---------------------------------------------------------------- true to the rules
def test_every_journal_chain_verifies(session: Session) -> None:
    entries = session.scalars(select(JournalEntry).order_by(JournalEntry.ticket_id, JournalEntry.sequence))
    chains = 0
    for ticket_id, chain in groupby(entries, key=lambda entry: entry.ticket_id):
        assert journal.first_break((link_of(entry), entry.hash) for entry in chain) is None, ticket_id
        chains += 1
    assert chains == session.scalar(select(func.count()).select_from(Ticket))


def test_replaying_the_journal_gives_the_stored_states_and_clocks(session: Session) -> None:
    """R-CLK-5: state, next step and every clock come out of the journal alone."""
    for ticket in session.scalars(select(Ticket)):
        lines = standing.lines_of(session, ticket)
        state = None
        for line in lines:
            row = WORKFLOWS[ticket.kind].transition(line.transition)
            assert line.from_state == (state if row.source else None), ticket.reference
            assert line.to_state in row.landings(state)
            state = line.to_state
        assert (state, lines[-1].next_step_unit_id) == (ticket.state, ticket.next_step_unit_id)
        runs = {
            (run.name, run.run): (run.started_at, run.stopped_at)
            for run in replay(standing.steps_of(ticket.kind, lines))
        }
        kept = session.scalars(select(ClockRecord).where(ClockRecord.ticket_id == ticket.id))
        assert runs == {(clock.name, clock.run): (clock.started_at, clock.stopped_at) for clock in kept}


def test_no_clock_runs_in_a_final_state(session: Session) -> None:
    running = session.scalars(
        select(Ticket)
        .join(ClockRecord, ClockRecord.ticket_id == Ticket.id)
        .where(ClockRecord.stopped_at.is_(None))
    ).all()
    assert running
    assert [t.reference for t in running if t.state in WORKFLOWS[t.kind].final_states] == []


def test_while_a_clock_runs_exactly_one_unit_owes_the_next_step(session: Session) -> None:
    running = set(session.scalars(select(ClockRecord.ticket_id).where(ClockRecord.stopped_at.is_(None))))
    tickets = list(session.scalars(select(Ticket)))
    owing = {ticket.id: ticket.kind for ticket in tickets if ticket.next_step_unit_id is not None}
    assert running <= set(owing)
    assert {kind for ticket, kind in owing.items() if ticket not in running} <= UNTIMED


def test_everybody_worked_where_the_journal_says_on_that_day(session: Session) -> None:
    stints = list(session.scalars(select(Membership)))
    entries = session.scalars(select(JournalEntry).where(JournalEntry.actor_id.is_not(None)))
    for entry in entries:
        day = entry.recorded_at.astimezone(PARIS).date()
        assert any(
            (stint.account_id, stint.unit_code) == (entry.actor_id, entry.actor_unit_id)
            and stint.starts_on <= day
            and (stint.ends_on is None or day < stint.ends_on)
            for stint in stints
        ), entry.transition


def test_people_work_on_working_days_only(session: Session) -> None:
    hours = calendars.service_hours()
    entries = session.scalars(select(JournalEntry).where(JournalEntry.actor_id.is_not(None)))
    for entry in entries:
        local = entry.recorded_at.astimezone(PARIS)
        assert hours.is_open(datetime.combine(local.date(), time(10), PARIS)), local
        assert time(8) <= local.time() < time(18), (entry.transition, local)


def test_r_ud_3_answered_calls_begin_while_the_line_is_open(session: Session) -> None:
    line = calendars.direct_line_hours()
    calls = list(session.scalars(select(Call)))
    assert [call.started_at for call in calls if not line.is_open(call.started_at)] == []


def test_r_ud_3_a_request_outside_the_open_line_says_why(session: Session) -> None:
    line = calendars.direct_line_hours()
    written = session.execute(
        select(Ticket, UrgentRightsDetails)
        .join(UrgentRightsDetails, UrgentRightsDetails.ticket_id == Ticket.id)
        .where(Ticket.channel.in_(("service", "cdap_form")), Ticket.author_id.is_not(None))
    ).all()
    reasons = Counter(details.line_open_reason for _, details in written)
    for ticket, details in written:
        assert details.line_was_open == line.is_open(ticket.submitted_at)
        assert (details.line_open_reason is not None) == details.line_was_open, ticket.reference
    assert set(LINE_OPEN_REASONS) <= set(reasons)


def test_r_ud_8_a_second_reading_is_done_by_somebody_else(session: Session) -> None:
    contested = session.scalars(
        select(JournalEntry.ticket_id).where(JournalEntry.transition == "contest")
    ).all()
    assert contested
    for ticket_id in contested:
        entries = session.scalars(
            select(JournalEntry).where(JournalEntry.ticket_id == ticket_id).order_by(JournalEntry.sequence)
        ).all()
        names = [entry.transition for entry in entries]
        turn = names.index("contest")
        refuser = next(entry.actor_id for entry in entries if entry.transition == "reject")
        decided = [
            e.actor_id for e in entries[turn:] if e.transition in ("assign", "take", "reject", "answer")
        ]
        assert refuser not in decided


def test_r_dp_3_both_sides_keep_notes_of_their_own(session: Session) -> None:
    sides = Counter(session.scalars(select(InternalNote.institution)))
    assert set(sides) == set(Institution)
    for note in session.scalars(select(InternalNote)):
        unit = reference(session).units[note.unit_id]
        assert unit.institution == note.institution


def test_r_dp_7_no_social_security_number_anywhere(session: Session) -> None:
    texts = [message.body or "" for message in session.scalars(select(Message))]
    texts += [mail.text or "" for mail in session.scalars(select(IncomingMail))]
    texts += [details.description or "" for details in session.scalars(select(UrgentRightsDetails))]
    assert [text for text in texts if find_nir(text)] == []


def test_joined_files_are_what_their_name_says(session: Session) -> None:
    kept = session.scalars(select(Attachment).options(undefer(Attachment.content_sealed))).all()
    assert {file.content_type for file in kept} == {"application/pdf", "image/png"}
    for file in kept[:20]:
        assert files.content_type(file.filename or "", file.content or b"") == file.content_type


# ---------------------------------------------------------------- visibly invented
def test_every_person_and_every_account_is_visibly_invented(session: Session) -> None:
    names = [person.last_name for person in session.scalars(select(Person)) if person.last_name]
    names += list(session.scalars(select(Account.name)))
    assert len(names) > 200
    assert [name for name in names if not name.startswith(("Démo-", "Exemple-"))] == []
    assert any("✨" in name for name in names)
    assert any("\u0600" <= sign <= "\u06ff" for name in names for sign in name)
    assert any("’" in name for name in names)


def test_persons_live_in_communes_of_their_cdas(session: Session) -> None:
    directory = places()
    homes = session.execute(
        select(Person.commune_insee, Ticket.asking_unit_id)
        .join(Ticket, Ticket.id == Person.ticket_id)
        .where(Person.commune_insee.is_not(None), Ticket.asking_unit_id.like("cdas-%"))
    ).all()
    assert len(homes) > 50
    assert [home for home in homes if home[1] not in directory.cdas_of(home[0])] == []


def test_every_mail_goes_to_an_example_address_and_is_told_as_sent(session: Session) -> None:
    mails = session.scalars(select(OutboxMail)).all()
    assert mails
    assert all(mail.recipient.endswith(".example") for mail in mails)
    assert all(mail.sent_at == mail.created_at for mail in mails)
    assert session.scalar(select(func.count()).select_from(IdempotencyKey)) == 0


def test_the_convention_lives(session: Session) -> None:
    """R-GO-4 … R-GO-8: something on each page, and notices that the CDAS that is shown has not read yet."""
    assert session.scalars(select(AwarenessAction)).first() is not None
    assert {row.status for row in session.scalars(select(CnafRequest))} == {"to_write", "sent", "answered"}
    waiting = select(AnnouncementReceipt).where(
        AnnouncementReceipt.unit_code == SHOWN_CDAS, AnnouncementReceipt.confirmed_at.is_(None)
    )
    assert session.scalars(waiting).all()
    assert session.scalar(select(func.count()).where(AnnouncementReceipt.confirmed_at.is_not(None))) > 10
    for meeting in session.scalars(select(LocalMeeting)):
        assert find_nir(f"{meeting.for_caf} {meeting.for_departement}") == []


# ---------------------------------------------------------------- accounts
def test_one_account_is_shown_for_each_role_and_opens_with_the_password(session: Session) -> None:
    shown = demonstration.SHOWCASE
    assert sorted(account.role for account in shown) == sorted(ROLE_LABELS.values())
    known = reference(session)
    for account in shown:
        row = session.scalars(select(Account).where(Account.email == account.email)).one()
        actor = actor_of(session, row.id, datetime.combine(LAST_DAY, time(10), PARIS))
        assert actor is not None
        assert passwords.matches(row.password_hash, demonstration.PASSWORD)
        assert (row.name, ROLE_LABELS[actor.role], known.units[actor.unit_id].name) == (
            account.name,
            account.role,
            account.unit,
        )
    in_cdas = [
        account.unit
        for account in shown
        if account.role in (ROLE_LABELS[Role.CDAS_AGENT], ROLE_LABELS[Role.CDAS_HEAD])
    ]
    assert in_cdas == [known.units[SHOWN_CDAS].name] * 2


def test_the_password_is_one_that_relais_accepts() -> None:
    assert len(demonstration.PASSWORD) >= 15
    assert passwords.problems(demonstration.PASSWORD) == []


def test_every_unit_has_the_people_that_its_role_table_asks_for(session: Session) -> None:
    now = session.execute(
        select(Membership.unit_code, Membership.role).where(Membership.ends_on.is_(None))
    ).all()
    posts = Counter((unit, role) for unit, role in now)
    for unit in reference(session).units.values():
        if unit.kind == "cdas":
            assert posts[unit.code, "cdas_head"] == 1, unit.code
            assert 2 <= posts[unit.code, "cdas_agent"] <= 8, unit.code
    assert posts["caf-secretariat", "caf_secretariat"] == 4
    assert (posts["caf-prestations", "caf_agent"], posts["caf-prestations", "caf_lead"]) == (8, 1)
    assert (posts["caf-social", "caf_ts"], posts["caf-social", "caf_head"]) == (23, 1)
    assert posts["delegation", "steering"] == posts["caf-direction", "steering"] == 1


def test_r_ci_3_every_sector_has_a_worker_of_its_own(session: Session) -> None:
    workers = session.scalars(select(Sector.worker_id)).all()
    assert len(set(workers)) == len(workers) == 23
    assert None not in workers


# ---------------------------------------------------------------- the last day
def test_visitors_find_every_state_on_time_nearly_late_and_late(session: Session) -> None:
    mine = session.scalars(select(Ticket).where(Ticket.asking_unit_id == SHOWN_CDAS)).all()
    states = {ticket.state for ticket in mine}
    assert {"draft", "closed", "rejected"} | URGENT_RIGHTS.open_states <= states
    deadlines = [ticket.next_deadline_at for ticket in mine if ticket.next_deadline_at]
    end = datetime.combine(LAST_DAY, time(23, 59, 59), PARIS)
    late = [at for at in deadlines if at < end]
    soon = [at for at in deadlines if end <= at < end + timedelta(days=3, hours=18)]
    assert min(len(late), len(soon), len(deadlines) - len(late) - len(soon)) >= 2
    fates = Counter(session.scalars(select(IncomingMail.fate)))
    assert fates["to_qualify"] >= 5
    assert fates["qualified"] >= TICKETS // 40
    natures = set(session.scalars(select(IncomingMail.nature).where(IncomingMail.fate == "qualified")))
    assert {Nature.ORDINARY, Nature.OTHER_SERVICE} <= natures
    assert fates["set_aside"] == 1


def test_the_accounts_that_are_shown_have_something_to_do(session: Session) -> None:
    emails = ("professionnel@demo.example", "gestionnaire@demo.example")
    author, holder = (
        session.scalars(select(Account.id).where(Account.email == email)).one() for email in emails
    )
    open_ones = [t for t in session.scalars(select(Ticket)) if t.state in URGENT_RIGHTS.open_states]
    assert sum(ticket.author_id == author for ticket in open_ones) >= 3
    assert sum(ticket.holder_id == holder for ticket in open_ones) >= 3
    others = [ticket for ticket in open_ones if ticket.asking_unit_id != SHOWN_CDAS]
    assert {ticket.state for ticket in others} == URGENT_RIGHTS.open_states


LEFT_OPEN = {
    "co_intervention": {"draft", "submitted", "forwarded", "validated", "active"},
    "handover": {"draft", "submitted", "forwarded", "accepted"},
    "social_emergency": {"submitted", "in_progress", "handled"},
    "appointment": {"submitted", "offered", "scheduled", "held"},
    "orientation": {"sent", "received"},
    "rights_meeting": {"requested", "scheduled", "held"},
    "child_protection_notice": {"sent", "received"},
}


def test_who_is_shown_has_read_what_was_pressing_and_finds_some_news_and_their_lists(
    session: Session,
) -> None:
    known, evening = reference(session), datetime.combine(LAST_DAY, time(18), PARIS)
    for email, kept in (("secretariat@demo.example", 2), ("professionnel@demo.example", 2)):
        account_id = session.scalars(select(Account.id).where(Account.email == email)).one()
        actor = actor_of(session, account_id, evening)
        assert actor is not None
        under_way = lists.Filters(states=lists.LIVE_STATES)
        listed = session.scalars(lists.queue(actor, under_way).limit(50)).all()
        marks = news.marks(session, actor, listed, known, evening)
        assert 0 < len(marks) < len(listed), email
        assert sum(map(len, known.lists_of(actor.account_id, actor.unit_id))) == kept


def test_every_social_kind_goes_both_ways_and_is_found_in_every_open_state(session: Session) -> None:
    """Only the Caf makes a notice (R-PE-1); the head of the CDAS that is shown keeps an agenda (R-CI-3)."""
    social = [t for t in session.scalars(select(Ticket)) if t.kind != "urgent_rights"]
    assert 0.08 < len(social) / TICKETS < 0.2
    assert any(ticket.state in WORKFLOWS[ticket.kind].final_states for ticket in social)
    for kind, states in LEFT_OPEN.items():
        of_kind = [ticket for ticket in social if ticket.kind == kind]
        assert states <= {ticket.state for ticket in of_kind}, kind
        from_cdas = {str(ticket.asking_unit_id).startswith("cdas-") for ticket in of_kind}
        assert from_cdas == ({False} if kind == "child_protection_notice" else {True, False}), kind
    days = session.scalars(select(Concertation.held_on).where(Concertation.unit_code == SHOWN_CDAS)).all()
    assert sum(day > LAST_DAY for day in days) >= 2
    named = session.scalars(select(Membership).where(Membership.named)).all()
    assert {member.unit_code for member in named} == {row.cdas for row in places().coverage}
    assert session.scalars(select(Membership.unit_code).where(Membership.deputy)).all() == [SHOWN_CDAS]


def test_r_us_1_an_emergency_says_what_its_motive_is_and_was_done_for_it(session: Session) -> None:
    """No cut of energy told of who has nothing to eat; of child protection, nothing in words."""
    found = session.scalars(select(SocialEmergencyDetails)).all()
    assert len({one.motives[0] for one in found}) > 2
    for one in found:
        (motive,) = one.motives
        assert (one.description is None) == (motive == "child_protection")
        assert one.description is None or one.description in circuits_words.EMERGENCIES[motive]
        assert not one.treatments or tuple(one.treatments) in {
            done for done, _ in circuits_words.HANDLED[motive]
        }


def test_drafts_are_of_the_last_days(session: Session) -> None:
    drafts = session.scalars(select(Ticket).where(Ticket.state == "draft")).all()
    assert len(drafts) >= 8
    assert min(draft.opened_at for draft in drafts) > datetime.combine(LAST_DAY, time(0), PARIS) - timedelta(
        days=12
    )


# ---------------------------------------------------------------- believable
def share(part: int, whole: int) -> float:
    assert whole >= 10
    return part / whole


def test_r_ind_i_1_channels_follow_the_line_and_its_holidays(session: Session) -> None:
    holidays = calendars.school_holidays()
    on_open_days: Counter[str] = Counter()
    in_holidays: Counter[str] = Counter()
    for channel, at in session.execute(
        select(Ticket.channel, Ticket.submitted_at).where(
            Ticket.submitted_at.is_not(None), Ticket.kind == "urgent_rights"
        )
    ):
        (in_holidays if at.astimezone(PARIS).date() in holidays else on_open_days)[channel] += 1
    assert in_holidays["phone"] == 0
    assert 0.25 < share(on_open_days["phone"], on_open_days.total()) < 0.55
    assert share(in_holidays["cdap_form"] + in_holidays["service"], in_holidays.total()) > 0.65
    assert min(on_open_days[channel] for channel in ("service", "cdap_form", "email")) > 0


def test_r_ind_i_2_rsa_and_aah_come_first(session: Session) -> None:
    benefits = Counter(session.scalars(select(UrgentRightsDetails.benefit)))
    (first, _), (second, _) = benefits.most_common(2)
    assert (first, second) == ("rsa", "aah")
    assert len(benefits) >= 10
    events = Counter(session.scalars(select(UrgentRightsDetails.event)))
    assert 0.08 < share(events["strong_decrease"], events.total()) < 0.3


def test_r_ind_i_6_most_answers_are_within_target_and_some_are_late(session: Session) -> None:
    for name, least in (("triage", 0.65), ("take", 0.75), ("answer", 0.75)):
        within = Counter(
            session.scalars(
                select(ClockRecord.within_target).where(
                    ClockRecord.name == name, ClockRecord.stopped_at.is_not(None)
                )
            )
        )
        assert least < share(within[True], within.total()) < 0.98, name


def test_r_ind_i_8_every_way_to_end_happens(session: Session) -> None:
    states = Counter(session.scalars(select(Ticket.state).where(Ticket.kind == "urgent_rights")))
    sent = states.total() - states["draft"]
    assert 0.05 < share(states["rejected"], sent) < 0.16
    assert 0.005 < share(states["cancelled"], sent) < 0.07
    outcomes = Counter(session.scalars(select(UrgentRightsDetails.outcome)))
    reasons = Counter(session.scalars(select(UrgentRightsDetails.rejection_reason)))
    assert len(set(outcomes) & set(OUTCOMES)) >= scale.count(5, len(OUTCOMES))
    assert len(set(reasons) & set(REJECTION_REASONS)) >= scale.count(4, len(REJECTION_REASONS))
    assert outcomes["restored"] + outcomes["payment_scheduled"] > 0.4 * (outcomes.total() - outcomes[None])


def test_every_transition_of_the_table_happens(session: Session) -> None:
    happened = set(session.scalars(select(JournalEntry.transition)))
    rare = scale.count(1, 0)
    missing = {row.name for row in URGENT_RIGHTS.transitions} - happened
    assert len(missing) <= rare, missing
    assert machine.Party.SYSTEM in URGENT_RIGHTS.transition("receive").actors


def test_r_ind_i_10_most_calls_are_answered_and_many_solve_it(session: Session) -> None:
    calls = session.execute(select(Call.answered, Call.outcome, Call.minutes)).all()
    answered = [call for call in calls if call.answered]
    assert 0.68 < share(len(answered), len(calls)) < 0.95
    assert 0.3 < share(sum(call.outcome is not None for call in answered), len(answered)) < 0.6
    assert all(2 <= call.minutes <= 45 for call in calls)


def test_r_ind_i_11_acknowledgements_carry_marks(session: Session) -> None:
    marks = [mark for mark in session.scalars(select(UrgentRightsDetails.usefulness)) if mark is not None]
    assert len(marks) > 30
    assert 3.5 < sum(marks) / len(marks) < 4.6
    assert len(set(marks)) >= 3


def test_r_clk_8_some_events_are_noted_later_than_they_happened(session: Session) -> None:
    late = [
        entry.transition
        for entry in session.scalars(select(JournalEntry))
        if entry.recorded_at - entry.happened_at > timedelta(minutes=15)
    ]
    assert {"record_call", "answer"} <= set(late)
    assert 0.005 < share(len(late), session.scalar(select(func.count()).select_from(JournalEntry)) or 0) < 0.2


# ---------------------------------------------------------------- the convention with the Cpam and the SIAO
def test_the_register_of_the_siao_has_shelters_and_actions_in_numbers_only(session: Session) -> None:
    """R-SI: real communes, names that are visibly invented."""
    shelters = session.scalars(select(SiStructure)).all()
    assert len(shelters) == 12
    assert all("Démo" in one.name or "Exemple" in one.name for one in shelters)
    assert len(session.scalars(select(SiAction)).all()) in range(30, 41)
    assert session.scalar(select(func.count(SiAgreement.id))) == 1


def test_r_go_1_every_month_that_is_over_has_its_pack_and_the_running_one_its_figures(
    session: Session,
) -> None:
    last = Month(LAST_DAY.year, LAST_DAY.month)
    first = Month(FIRST_DAY.year, FIRST_DAY.month)
    over = [month for month in (last.back(back) for back in range(12, 0, -1)) if month >= first]
    rows = session.scalars(select(SharedDocument).order_by(SharedDocument.period)).all()
    assert [(row.period, row.revision, row.problem) for row in rows] == [
        (month.key, 1, None) for month in over
    ]
    assert session.get(MonthFigures, (last.key, "all")) is not None
