"""Meetings through the real operations: an agenda built, then frozen; actions carried over; remarks (R-GO-1 to 3)."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from service import clock
from service.database import reading, transaction
from service.errors import GuardRefused, InvalidInput, NotPermitted, NotVisible, StaleVersion
from service.models import Account, Meeting, MeetingLine, MeetingRecord, OutboxMail, PutForward, Remark
from service.operations import acts, meeting_agenda, meeting_records, meetings, put_forward, remarks
from service.operations.creation import create_ticket
from service.permissions import Actor, Role
from service.queries import meetings as queries
from service.queries import remarks as remark_queries
from service.queries.agenda import readable_among
from tests.factories import World, a_draft, a_notice, a_submitted_ticket, seeded_world, today

PARIS = ZoneInfo("Europe/Paris")
NIR = "1 85 05 35 238 005 22"


class Hand:
    """The clock's hand, set by the test."""

    instant = datetime(2026, 10, 5, 9, 5, tzinfo=PARIS)

    def at(self, month: int, day: int, hour: int = 9) -> None:
        self.instant = datetime(2026, month, day, hour, 5, tzinfo=PARIS)


@pytest.fixture(autouse=True)
def hand() -> Iterator[Hand]:
    hand = Hand()
    with clock.driven(lambda: hand.instant):
        yield hand


@pytest.fixture
def world(db: str) -> World:
    with transaction() as session:
        return seeded_world(session)


def planned(actor: Actor, kind: str = "monthly", day: date = date(2026, 11, 5), **changes: Any) -> UUID:
    given = {
        "kind": kind,
        "about_on": date(2026, 10, 15),
        "held_on": day,
        "starts_at": "10:00",
        "place": "Salle",
    }
    return meetings.plan(actor, {**given, **changes})


def on_agenda(meeting_id: UUID) -> dict[str, tuple[str, ...]]:
    """The references on a planned agenda, each with its reasons, in order."""
    with reading() as session:
        found = meeting_agenda.present(session, session.get_one(Meeting, meeting_id))
        return {case.reference: case.reasons for case in found}


def mails(event: str) -> list[OutboxMail]:
    with reading() as session:
        return list(
            session.scalars(select(OutboxMail).where(OutboxMail.event == event).order_by(OutboxMail.id))
        )


NO = {"reason": "visible_in_cdap", "sentence": "Visible.", "turn_to": "CDAP"}


def refused(world: World) -> str:
    reference = a_submitted_ticket(world.cdas_agent).reference
    acts.perform(world.caf_lead, reference, "reject", NO)
    return reference


def test_r_go_1_the_agenda_of_a_month_builds_itself(world: World, hand: Hand) -> None:
    """Late, refused, contested, reopened, nobody holds it, put forward; nothing of another month, never a notice."""
    turned_down, contested = refused(world), refused(world)
    acts.perform(world.cdas_agent, contested, "contest", {"reason": "Rien n’y figure."})
    waiting = a_submitted_ticket(world.cdas_agent_elsewhere).reference
    forward = a_submitted_ticket(world.cdas_agent).reference
    acts.perform(world.caf_lead, forward, "assign", {"unit_id": "caf-prestations"})
    acts.perform(world.caf_agent, forward, "take", {})
    put_forward.put_forward(world.cdas_head, forward, "Qui demande la pièce ?")
    notice, _ = create_ticket(
        world.caf_ts,
        "child_protection_notice",
        a_notice(),
        "trace",
        submit=True,
    )
    with pytest.raises(NotVisible):
        put_forward.put_forward(world.caf_ts, notice, "Et ensuite ?")
    hand.at(10, 26)
    meeting_id = planned(world.steering)

    found = on_agenda(meeting_id)
    assert next(iter(found)) == forward
    assert "put_forward_departement" in found[forward]
    assert "refused" in found[turned_down]
    assert {"contested", "refused", "late"} <= set(found[contested])
    assert {"orphan", "late"} == set(found[waiting])
    assert notice not in found

    # Another month: what happened in October is not in it; what nobody holds and what is put forward is.
    hand.at(11, 6)
    later = on_agenda(planned(world.steering, day=date(2026, 12, 3), about_on=date(2026, 11, 1)))
    assert turned_down not in later
    assert later[forward] == ("put_forward_departement",)
    assert "orphan" in later[waiting]


def test_r_go_1_what_nobody_holds_any_more_is_said(world: World, hand: Hand) -> None:
    """A request held by somebody whose account is suspended is nobody's."""
    reference = a_submitted_ticket(world.cdas_agent).reference
    acts.perform(world.caf_lead, reference, "assign", {"unit_id": "caf-prestations"})
    acts.perform(world.caf_agent, reference, "take", {})
    hand.at(10, 20)
    meeting_id = planned(world.steering)
    assert "orphan" not in on_agenda(meeting_id).get(reference, ())
    with transaction() as session:
        session.get_one(Account, world.caf_agent.account_id).suspended_at = clock.now()
    assert "orphan" in on_agenda(meeting_id)[reference]


def test_r_go_1_the_agenda_is_prepared_then_frozen(world: World, hand: Hand) -> None:
    """Put aside, brought back, lines of one's own; opened on its day, it moves no more."""
    kept, aside = refused(world), a_submitted_ticket(world.cdas_agent).reference
    put_forward.put_forward(world.cdas_agent, aside, "Une question ?")
    put_forward.put_forward(world.caf_agent, kept, "Faut-il un atelier ?")
    meeting_id = planned(world.caf_head)
    meeting_agenda.put_aside(world.cdas_head, meeting_id, kept)
    meeting_agenda.bring_back(world.cdas_head, meeting_id, kept)
    meeting_agenda.put_aside(world.cdas_head, meeting_id, aside)
    meeting_agenda.add_line(world.caf_secretariat, meeting_id, "Horaires de la ligne")
    with pytest.raises(InvalidInput, match="corriger"):
        meeting_agenda.add_line(world.caf_secretariat, meeting_id, "Le dossier 1234567")
    with pytest.raises(NotVisible):
        meeting_agenda.put_aside(world.cdas_head, meeting_id, "UD-0000-0000")
    with pytest.raises(GuardRefused, match="s’ouvre ce jour-là"):
        meetings.hold(world.steering, meeting_id)

    hand.at(11, 5)
    meetings.hold(world.steering, meeting_id)
    put_forward.put_forward(world.caf_agent, kept, "Et la fois d’après ?")
    with reading() as session:
        rows = session.execute(queries.lines(meeting_id)).all()
        lines = [(line.text or ticket.reference, line.state, line.set_aside) for line, ticket in rows]
        assert lines == [
            (aside, None, True),
            ("Horaires de la ligne", None, False),
            (kept, "rejected", False),
        ]
        frozen = rows[-1][0]
        assert (frozen.age_days, frozen.question) == (31, "Faut-il un atelier ?")
        assert frozen.reasons == ["put_forward_caf", "refused"]
        standing = {
            row.question: row.meeting_id
            for row in session.scalars(select(PutForward).order_by(PutForward.id))
        }
    assert standing == {
        "Une question ?": None,
        "Faut-il un atelier ?": meeting_id,
        "Et la fois d’après ?": None,
    }
    for change in (
        lambda: meeting_agenda.add_line(world.steering, meeting_id, "Encore"),
        lambda: meeting_agenda.bring_back(world.steering, meeting_id, aside),
        lambda: meetings.hold(world.steering, meeting_id),
        lambda: meetings.change(world.steering, meeting_id, date(2026, 11, 20), "10:00", "Ailleurs"),
    ):
        with pytest.raises(GuardRefused, match="a été tenue"):
            change()


def test_r_dp_1_only_who_may_read_a_case_can_open_it(world: World) -> None:
    ticket = a_submitted_ticket(world.cdas_agent)
    with reading() as session:
        may = [
            role
            for role, actor in world.by_role.items()
            if readable_among(session, actor, [ticket.id]) == {ticket.id}
        ]
        assert readable_among(session, world.cdas_head_elsewhere, [ticket.id]) == set()
    assert set(may) == {
        Role.CDAS_AGENT,
        Role.CDAS_HEAD,
        Role.CAF_AGENT,
        Role.CAF_LEAD,
        Role.CAF_SECRETARIAT,
    }


def test_r_go_1_a_question_names_nobody_and_can_be_taken_back(world: World) -> None:
    reference = a_submitted_ticket(world.cdas_agent).reference
    for text in ("Que dire à Mme GALL ?", f"Le {NIR} ?", "Le matricule 1234567 ?"):
        with pytest.raises(InvalidInput):
            put_forward.put_forward(world.cdas_agent, reference, text)
    with pytest.raises(NotVisible):
        put_forward.put_forward(world.cdas_head_elsewhere, reference, "Et chez nous ?")
    with pytest.raises(NotVisible):
        put_forward.put_forward(world.steering, reference, "Et chez nous ?")
    with pytest.raises(GuardRefused, match="pas envoyée"):
        put_forward.put_forward(world.cdas_agent, a_draft(world.cdas_agent).reference, "Déjà ?")
    first = put_forward.put_forward(world.cdas_agent, reference, "Qui demande la pièce ?")
    with pytest.raises(InvalidInput):
        put_forward.put_forward(world.cdas_head, reference, "Une autre ?")
    put_forward.put_forward(world.caf_agent, reference, "Et pour nous ?")  # one question of each side
    with pytest.raises(GuardRefused):
        put_forward.withdraw(world.caf_agent, reference, first)
    put_forward.withdraw(world.other_cdas_agent, reference, first)
    with pytest.raises(GuardRefused):
        put_forward.withdraw(world.cdas_agent, reference, first)
    assert put_forward.put_forward(world.cdas_head, reference, "Une autre ?")


def test_meetings_are_planned_by_those_who_keep_them(world: World) -> None:
    """roles.md, « meetings, actions, notices »: heads, secretariat and steering write."""
    able = set()
    for month, (role, actor) in enumerate(world.by_role.items(), 1):
        try:
            planned(actor, about_on=date(2026 + month // 12, month % 12 + 1, 1))
            able.add(role)
        except NotPermitted:
            continue
    assert able == {Role.CDAS_HEAD, Role.CAF_LEAD, Role.CAF_SECRETARIAT, Role.CAF_HEAD, Role.STEERING}


def test_r_go_1_to_3_one_a_month_one_a_year_and_when_asked_with_its_reason(world: World) -> None:
    planned(world.steering)
    with pytest.raises(InvalidInput) as twice:
        planned(world.caf_head, about_on=date(2026, 10, 1))
    assert "déjà sa réunion" in twice.value.fields["about_on"][0]
    planned(world.steering, "committee")
    with pytest.raises(InvalidInput):
        planned(world.steering, "committee", about_on=date(2026, 1, 1))
    with pytest.raises(InvalidInput) as bare:
        planned(world.caf_head, "particular", about_on=None)
    assert bare.value.fields == {"reason": ["Dites pourquoi cette réunion est demandée."]}
    asked = planned(world.caf_head, "particular", about_on=None, reason="Trop de refus contestés.")
    with reading() as session:
        kept = session.get_one(Meeting, asked)
        assert (kept.asked_by, kept.about_on) == ("caf", None)
    for wrong in ({"held_on": date(2026, 10, 4)}, {"held_on": date(2029, 1, 1)}, {"place": f"Salle {NIR}"}):
        with pytest.raises(InvalidInput):
            planned(world.steering, about_on=date(2026, 12, 1), **wrong)


def test_r_dp_5_invitations_go_to_calendars_once_and_again_when_the_day_moves(world: World) -> None:
    meeting_id = planned(world.steering)
    meetings.add_participant(world.steering, meeting_id, "unit:cdas-redon")
    meetings.add_participant(world.steering, meeting_id, f"person:{world.caf_head.account_id}")
    for who in ("unit:nowhere", f"person:{world.cdas_agent.account_id}", "x", "unit:cdas-redon"):
        with pytest.raises(InvalidInput):
            meetings.add_participant(world.steering, meeting_id, who)
    assert meetings.invite(world.steering, meeting_id) == 2
    assert meetings.invite(world.steering, meeting_id) == 0
    meetings.add_participant(world.steering, meeting_id, "unit:caf-social")
    assert meetings.change(world.caf_lead, meeting_id, date(2026, 11, 12), "14:30", "Salle, étage 2") == 2
    first, second, third, fourth = mails("meeting")
    assert {first.recipient, second.recipient} == {third.recipient, fourth.recipient}
    assert "caf-head@test.example" in {first.recipient, second.recipient}
    assert "Réunion technique – octobre 2026" in first.subject
    calendar = (third.calendar or "").replace("\r\n ", "")
    for row in (
        "SEQUENCE:2",
        "DTSTART:20261112T133000Z",
        "LOCATION:Salle\\, étage 2",
        f"UID:reunion-{meeting_id}@",
    ):
        assert row in calendar
    assert "SUMMARY:Réunion technique – octobre 2026" in calendar
    assert f"/reunions/{meeting_id}" in third.body
    assert "ont changé" in third.body
    assert "ont changé" not in first.body
    assert meetings.invite(world.steering, meeting_id) == 1

    # The next meeting begins with the same people.
    following = planned(world.steering, day=date(2026, 12, 3), about_on=date(2026, 11, 1))
    with reading() as session:
        assert len(session.execute(queries.participants(following)).all()) == 3


def held(world: World, hand: Hand, month: int, day: int) -> UUID:
    meeting_id = planned(world.steering, day=date(2026, month, day), about_on=date(2026, month - 1, 1))
    hand.at(month, day, 10)
    meetings.hold(world.steering, meeting_id)
    return meeting_id


def test_r_go_1_actions_are_carried_over_until_they_are_done(world: World, hand: Hand) -> None:
    first = planned(world.steering)
    decision = {"sort": "decision", "said": "La ligne ferme à midi."}
    with pytest.raises(GuardRefused, match="pas encore ouverte"):
        meeting_records.record(world.steering, first, decision)
    hand.at(11, 5)
    meetings.hold(world.steering, first)
    meeting_records.record(world.steering, first, decision)
    action = {
        "sort": "action",
        "said": "Un atelier CDAP.",
        "owner": "unit:caf-direction",
        "due_on": date(2026, 11, 20),
    }
    for wrong in ({"owner": None}, {"due_on": None}, {"due_on": date(2026, 11, 4)}, {"said": NIR}):
        with pytest.raises(InvalidInput):
            meeting_records.record(world.steering, first, {**action, **wrong})
    with pytest.raises(NotPermitted):
        meeting_records.record(world.cdas_agent, first, action)
    workshop = meeting_records.record(world.steering, first, action)
    person = {**action, "said": "Écrire aux CDAS.", "owner": f"person:{world.caf_lead.account_id}"}
    letter = meeting_records.record(world.caf_head, first, person)
    slip = meeting_records.record(world.caf_head, first, decision)
    meeting_records.remove(world.caf_head, first, slip)

    second = held(world, hand, 12, 3)
    assert _carried(second) == {"Un atelier CDAP.", "Écrire aux CDAS."}
    assert _carried(first) == set()
    with pytest.raises(GuardRefused, match="compte rendu"):
        meeting_records.record(world.steering, first, decision)
    with pytest.raises(GuardRefused, match="un autre jour"):
        meeting_records.remove(world.steering, first, letter)
    with pytest.raises(InvalidInput):
        meeting_records.done(world.steering, workshop, date(2026, 12, 4), None)
    meeting_records.done(world.steering, workshop, date(2026, 12, 3), "Tenu à Redon.")
    with pytest.raises(GuardRefused, match="faite depuis"):
        meeting_records.done(world.steering, workshop, date(2026, 12, 3), None)
    assert _carried(second) == {"Un atelier CDAP.", "Écrire aux CDAS."}  # done that very day

    hand.at(12, 4)
    third = planned(world.steering, day=date(2027, 1, 7), about_on=date(2026, 12, 1))
    assert _carried(third) == {"Écrire aux CDAS."}
    assert _carried(planned(world.steering, "committee", date(2027, 3, 4))) == set()  # of another kind


def _carried(meeting_id: UUID) -> set[str]:
    with reading() as session:
        meeting = session.get_one(Meeting, meeting_id)
        return {row.text for row, _ in session.execute(queries.carried_over(meeting))}


def test_r_go_2_teams_are_asked_and_their_remarks_gathered(world: World, hand: Hand) -> None:
    """A mail to each unit; a remark reaches the other side once it is shared."""
    committee = planned(world.steering, "committee", date(2027, 3, 4))
    asked = remarks.call(world.caf_lead, committee)
    sent = mails("remarks_asked")
    assert len(sent) == asked == 25  # the CDAS and the three services of the Caf
    assert "/remarques" in sent[0].body
    with pytest.raises(GuardRefused):
        remarks.call(world.steering, committee)
    with pytest.raises(NotVisible):
        remarks.call(world.steering, planned(world.steering))

    able = set()
    for role, actor in world.by_role.items():
        try:
            remarks.write(actor, "line", "works", f"Réponse rapide, dit {role}.")
            able.add(role)
        except NotPermitted:
            continue
    assert able == set(Role) - {Role.ADMIN, Role.AUDITOR, Role.SI_REFERENT}
    with pytest.raises(InvalidInput):
        remarks.write(world.cdas_agent, "line", "works", f"Pour {NIR}")

    remark = remarks.write(world.cdas_agent, "cdap", "to_improve", "Les droits arrivent tard.")
    assert remark in _read(world.cdas_agent, own=True)
    assert remark not in _read(world.cdas_agent)
    assert remark in _read(world.cdas_head_elsewhere)  # a head of the same institution
    assert remark in _read(world.steering)
    for other in (world.cdas_agent, world.caf_head, world.caf_lead, world.admin, world.caf_secretariat):
        with pytest.raises(NotVisible):
            remarks.share(other, remark)
    assert remark not in _gathered(world.caf_head)
    remarks.share(world.cdas_head, remark)
    assert remark in _gathered(world.caf_head)
    assert remark in _gathered(world.caf_agent)
    assert remark not in _read(world.caf_head)


def _read(actor: Actor, *, own: bool = False) -> set[UUID]:
    query = remark_queries.own(actor) if own else remark_queries.to_sort(actor)
    with reading() as session:
        return {one.id for one in session.scalars(query)}


def _gathered(actor: Actor) -> set[UUID]:
    with reading() as session:
        found: list[Remark] = list(
            session.scalars(remark_queries.gathered(actor, date(2026, 10, 1), today()))
        )
        return {one.id for one in found}


def test_r_go_2_each_institution_comments_the_figures_of_the_year(world: World, hand: Hand) -> None:
    committee = planned(world.steering, "committee")
    assert meeting_records.comment(world.steering, committee, "works", "La ligne.", seen=0)
    assert meeting_records.comment(world.caf_head, committee, "works", "Les réponses.", seen=0)
    assert not meeting_records.comment(world.caf_head, committee, "works", "Les réponses.", seen=0)
    with pytest.raises(StaleVersion):
        meeting_records.comment(world.cdas_head, committee, "works", "Autre chose.", seen=0)
    assert meeting_records.comment(world.cdas_head, committee, "works", "Autre chose.", seen=1)
    with pytest.raises(InvalidInput):
        meeting_records.comment(world.cdas_head, committee, "axes", NIR, seen=0)
    with pytest.raises(NotVisible):
        meeting_records.comment(world.cdas_head, planned(world.steering), "works", "x", seen=0)
    with reading() as session:
        kept = {(one.institution, one.text) for one in queries.comments(session, committee)}
    assert kept == {("departement", "Autre chose."), ("caf", "Les réponses.")}
    hand.at(11, 5)
    meetings.hold(world.steering, committee)
    with pytest.raises(GuardRefused):
        meeting_records.comment(world.steering, committee, "works", "Trop tard.", seen=2)


def test_nothing_is_left_of_a_refused_record(world: World, hand: Hand) -> None:
    meeting_id = held(world, hand, 11, 5)
    with pytest.raises(InvalidInput):
        meeting_records.record(
            world.steering,
            meeting_id,
            {"sort": "action", "said": "x", "owner": "unit:x", "due_on": date(2026, 12, 1)},
        )
    with reading() as session:
        assert session.scalars(select(MeetingRecord)).all() == []
        assert session.scalars(select(MeetingLine)).all() == []
