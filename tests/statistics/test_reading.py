"""Requests lived through the real operations give the figures that a hand counts, before and after erasure (R-DP-6)."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from service import clock
from service.database import reading, transaction
from service.jobs import fall_due
from service.models import Call, JournalEntry, Message, Person, PersonWord, Ticket
from service.operations import awareness, calls, remarks
from service.operations.acts import perform
from service.operations.creation import create_ticket
from service.permissions import Actor
from service.statistics import stock
from service.statistics.document import Cell, Duration, Share
from service.statistics.facts import Facts
from service.statistics.figures import MEASURES, Figures, figures_of
from service.statistics.periods import Month, Period, Year
from service.statistics.reading import facts_of
from tests import plays
from tests.factories import World, a_submitted_ticket, seeded_world
from tests.statistics import slowly

PARIS = ZoneInfo("Europe/Paris")
OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)
KEPT = {"outcome": "restored", "text": "Le droit est rétabli."}
REFUSED = {"reason": "visible_in_cdap", "sentence": "Visible dans CDAP.", "turn_to": "CDAP."}


class Hand:
    """What time it is, and what somebody does then."""

    def __init__(self) -> None:
        self.instant = datetime(2026, 9, 1, 9, tzinfo=PARIS)

    def at(self, written: str) -> None:
        day, hour = written.split()
        number, month = map(int, day.split("/"))
        hours, minutes = map(int, hour.split(":"))
        self.instant = datetime(2026, month, number, hours, minutes, tzinfo=PARIS)

    def sends(self, at: str, actor: Actor, kind: str, body: Mapping[str, Any], **changes: Any) -> str:
        self.at(at)
        day = self.instant.date()
        given = {**body, **changes, "communicated_on": day} if kind == "handover" else {**body, **changes}
        ground = "agreed_on" if given.pop("ground", "told") == "agreed" else "told_on"
        return create_ticket(actor, kind, {**given, ground: day}, str(uuid4()), submit=True)[0]

    def does(self, at: str, actor: Actor, reference: str, act: str, **given: Any) -> None:
        self.at(at)
        perform(actor, reference, act, given)

    def urgency(self, at: str, actor: Actor, matricule: str, **changes: Any) -> str:
        self.at(at)
        return a_submitted_ticket(actor, matricule=matricule, **changes).reference


@pytest.fixture
def hand() -> Iterator[Hand]:
    hand = Hand()
    with clock.driven(lambda: hand.instant):
        yield hand


@pytest.fixture
def world(db: str, hand: Hand) -> World:
    with transaction() as session:
        return seeded_world(session)


def facts(period: Period) -> Facts:
    with reading() as session:
        return facts_of(session, period)


def figures(period: Period) -> Figures:
    """The figures of a period; the second calculator finds the same."""
    found = facts(period)
    quick = figures_of(found)
    assert quick == slowly.figures(found)
    assert stock.unbalanced(quick["I-15.flows"]) == []
    return quick


def written(found: Figures, name: str) -> dict[str, tuple[Cell, ...]]:
    """The rows of a measure that hold anything, their cells in order."""
    rows = {
        row: tuple(cells.get(column.key) for column in MEASURES[name].columns)
        for row, cells in found[name].items()
    }
    nothing = (0, None, Share(0, 0), Duration(0))
    return {row: cells for row, cells in rows.items() if not all(cell in nothing for cell in cells)}


def hours(*numbers: float) -> tuple[Duration, ...]:
    return tuple(Duration(round(number * 3600)) for number in numbers)


def worked_example(world: World, hand: Hand) -> str:
    reference = hand.urgency("23/10 16:30", world.cdas_agent, "1000001", line_open_reason=None)
    hand.does("26/10 09:00", world.caf_secretariat, reference, "assign", unit_id="caf-prestations")
    hand.does("26/10 11:00", world.caf_agent, reference, "take")
    hand.does("26/10 11:30", world.caf_agent, reference, "ask", question="Depuis quand ?")
    hand.does("27/10 10:00", world.cdas_agent, reference, "reply", text="Depuis août.")
    hand.does("27/10 15:00", world.caf_agent, reference, "answer", **KEPT)
    return reference


def test_the_worked_example(world: World, hand: Hand):
    """R-IND-I-5, R-IND-I-13, R-CLK-5: the example of the indicators, lived; nobody acknowledges before the cut-off."""
    worked_example(world, hand)
    found = figures(OCTOBER)
    one = Share(1, 1)
    clock_of = written(found, "I-5.clock")
    assert clock_of["urgent_rights.triage"] == (1, *hours(1, 1), one, 0, *hours(65.5, 0))
    assert clock_of["urgent_rights.take"] == (1, *hours(3, 3), one, 0, *hours(67.5, 0))
    assert clock_of["urgent_rights.answer"] == (1, *hours(7.5, 7.5), one, 0, *hours(95.5, 6))
    assert clock_of["urgent_rights.closing"] == (0, None, None, Share(0, 0), 1, None, None)
    # after the answer the CDAS owes the acknowledgement: 27th 2:00, 28th to 30th 22:30; 105:00 in all up to the cut-off
    side = {row: cells[0] for row, cells in written(found, "I-13.side").items()}
    names = ("caf_secretariat", "caf_prestations", "cdas", "closed")
    assert tuple(side[name] for name in names) == hours(1, 6.5, 6 + 24.5, 82 + 105 - 24.5)
    assert written(found, "I-7.age") == {"urgent_rights": (0, 1, 0, 0, 0, 1)}


def lived(world: World, hand: Hand) -> None:
    """A month: requests of every kind through the real operations, in both directions and inside an institution."""
    desk, social, cdas = world.caf_secretariat, world.caf_ts, world.cdas_agent
    met = {"exchange_on": date(2026, 9, 25), "participants": "Camille Exemple", "joint_meeting": True}
    relay = hand.sends("24/09 09:00", cdas, "handover", plays.HANDOVER)
    hand.does("24/09 10:00", desk, relay, "forward", holder_id=social.account_id)
    hand.does("25/09 10:00", social, relay, "record_exchange", **met)
    meeting = {"meeting_on": date(2026, 9, 30), "meeting_place": "Redon"}
    hand.does("25/09 10:30", social, relay, "plan_meeting", **meeting)
    hand.does("28/09 09:00", social, relay, "accept", holder_id=social.account_id)
    hand.does("28/09 10:00", social, relay, "confirm")
    hand.does("01/10 09:00", cdas, relay, "confirm")

    contested = hand.urgency("05/10 09:00", cdas, "1000002")
    hand.does("05/10 10:00", desk, contested, "reject", **REFUSED)
    hand.does("06/10 09:00", cdas, contested, "contest", reason="Le versement a cessé.")
    hand.does("06/10 10:00", world.caf_agent, contested, "take")
    hand.does("06/10 11:00", world.caf_agent, contested, "answer", **KEPT, kept_event="strong_decrease")
    hand.does("06/10 12:00", cdas, contested, "acknowledge", usefulness=4)

    refused = hand.urgency("05/10 14:00", cdas, "1000003", benefit="aah")
    hand.does("05/10 15:00", desk, refused, "reject", **REFUSED)

    emergency = {**plays.EMERGENCY, "who_accompanies": "cdas_other", "send_to": "other_cdas"}
    across = {"referent_cdas": "cdas-vitre", "referent_source": "person"}
    hand.sends("07/10 09:00", cdas, "social_emergency", {**emergency, **across})
    at_the_desk = hand.sends("07/10 10:00", cdas, "social_emergency", plays.TO_THE_DESK)
    hand.does("07/10 11:00", desk, at_the_desk, "take")

    within = hand.sends(
        "08/10 09:00", world.caf_agent, "appointment", plays.APPOINTMENT, source="caf_reception"
    )
    turn = {"redirect_to": "cdas", "redirect_cdas": "cdas-redon", "detail": "Le CDAS accompagne."}
    hand.does("08/10 10:00", desk, within, "redirect", **turn)

    visit = hand.sends("12/10 09:00", cdas, "appointment", plays.APPOINTMENT)
    fixed = {"meeting_on": date(2026, 10, 20), "meeting_time": time(10), "place": "Redon"}
    hand.does("13/10 09:00", desk, visit, "schedule", **fixed, holder_id=social.account_id)
    hand.does("20/10 11:00", social, visit, "no_show", absence="with_notice")

    sent_away = {"reason": "instruction_fsl", "accompanied_by": "cdas_same", "to_service": "caf_social"}
    fiche = {**plays.FICHE, **sent_away, "reason_not_followed": "La famille le demande."}
    orientation = hand.sends("08/10 09:00", cdas, "orientation", fiche)
    answer = {"judgement": "unjustified", "judgement_reason": "Le CDAS accompagne."}
    hand.does("08/10 11:00", desk, orientation, "judge", **answer)

    hand.at("29/10 10:00")  # three weeks after the call
    call = {"matricule": "1000004", "benefit": "rsa", "event": "interruption", "outcome": "restored"}
    at = datetime(2026, 10, 8, 14, tzinfo=PARIS)
    calls.record_call(cdas, {**call, "started_at": at, "minutes": 10, "answered": True}, str(uuid4()))

    again = hand.urgency("30/10 09:00", cdas, "1000002")  # U « contested », closed 24 days before
    hand.does("02/11 09:00", world.caf_agent, again, "take")  # after the cut-off
    hand.does("03/11 09:00", cdas, contested, "reopen", reason="De nouveau rien.")


EXPECTED: Mapping[str, Mapping[str, tuple[Cell, ...]]] = {
    "0.kind": {
        "urgent_rights": (4, 0, 0, 4),
        "social_emergency": (1, 0, 1, 2),
        "appointment": (1, 0, 1, 2),
        "orientation": (1, 0, 0, 1),
    },
    "0.unit": {"cdas-redon": (4, 4, 8)},
    "I-1.channel": {"service": (3,), "phone": (1,)},
    "I-3.refused": {"visible_in_cdap": (Share(1, 3),), "not_urgent": (Share(0, 3),)},
    "I-4.direction": {"to_caf": (Share(1, 1),)},
    "I-4.elsewhere": {"appointment_redirected": (1,)},
    "I-8.outcome": {"restored": (2,)},
    "I-9.repeated": {"new": (1, Share(1, 1)), "all": (1, Share(1, 1)), "reopened": (0, Share(0, 1))},
    "I-10.calls": {
        "calls": (1, None),
        "answered": (1, Share(1, 1)),
        "solved": (1, Share(1, 1)),
        "minutes": (10, None),
        "late": (1, Share(1, 1)),
    },
    "I-14.ground": {"benefit": (Share(0, 3),), "event": (Share(1, 3),)},
    "I-14.second": {"reversed": (1,)},
    "I-15.institution": {
        # came: the first and the call are answered; left: nothing goes back to the Caf
        "departement": (1, 1, 0, 0, 2, 2, 0, 2),
        "caf": (0, 8, 0, 1, 0, 4, 2, 3),
    },
    "II-1.kind": {"appointment": (2,), "social_emergency": (1,)},
    "II-3.needless": {"to_caf": (1,)},
    "II-4.untreated": {"sent": (Share(1, 1),)},
    "II-5.offered": {"offered": (Share(1, 1),)},
    "II-5.kept": {"absent_with_notice": (1,)},
    "II-6.communication": {},
}


def test_a_lived_month(world: World, hand: Hand):
    """R-IND-I-1 to II-6, by hand; a CDAS that asks another, and the Caf its own service, are of no direction."""
    lived(world, hand)
    found = figures(OCTOBER)
    assert {name: written(found, name) for name in EXPECTED} == EXPECTED
    assert written(figures(Month(2026, 9)), "II-6.communication") == {"meetings": (1,), "oral": (1,)}
    assert written(figures(NOVEMBER), "I-9.repeated")["reopened"] == (1, Share(1, 0))
    figures(Year(2026))


def test_no_figure_changes_when_what_people_wrote_is_erased(world: World, hand: Hand):
    """R-DP-6: payloads, messages and persons go; skeleton, journal, clocks and the kept link stay."""
    worked_example(world, hand)
    lived(world, hand)
    periods = (Month(2026, 9), OCTOBER, NOVEMBER, Year(2026))
    before = [figures_of(facts(period)) for period in periods]
    erase()
    with reading() as session:
        assert session.scalars(select(Person.matricule_index)).all().count(None) > 5
    assert [figures_of(facts(period)) for period in periods] == before


def erase() -> None:
    with transaction() as session:
        session.execute(update(JournalEntry).values(payload_sealed=None, payload_salt=None))
        session.execute(delete(Message))
        session.execute(delete(PersonWord))
        emptied = {column.name: None for column in Person.__table__.columns if column.name != "ticket_id"}
        session.execute(update(Person).values(**emptied))
        session.execute(update(Call).values(matricule_sealed=None, matricule_index=None, remark_sealed=None))


def test_lived_rendez_vous_des_droits(world: World, hand: Hand):
    """R-RD: held in September, both due in December, one of them checked. R-DP-6: the same once erased."""
    cdas, worker = world.cdas_agent, world.caf_agent
    held = []
    for day, code in (("03", "87"), ("04", "88")):
        reference = hand.sends(f"01/09 1{day[1]}:00", cdas, "rights_meeting", plays.RIGHTS_MEETING)
        fixed = {"meeting_on": date(2026, 9, int(day)), "meeting_time": time(10), "means": "telephone"}
        hand.does("02/09 09:00", worker, reference, "schedule", **fixed)
        held.append(reference)
        hand.does(f"{day}/09 11:00", worker, reference, "hold", **{**plays.HELD, "code": code})
    for day in ("03", "04"):
        hand.at(f"{day}/12 06:00")
        with transaction() as session:
            assert fall_due.run(session) == 1
    opened = {"check_result": "opened", "rights_opened": ["rsa", "apl"]}
    hand.does("08/12 09:00", worker, held[0], "check", **opened)

    september, december = Month(2026, 9), Month(2026, 12)
    assert written(figures(september), "RD-1.held") == {"contact_offer": (1, 1, 0, 2)}
    assert written(figures(OCTOBER), "I-7.state") == {"rights_meeting.held": (0, 0, 0, 0, 2, 2)}
    found = figures(december)
    assert written(found, "RD-1.held") == {}
    assert written(found, "RD-2.opened") == {
        "held": (2, None),
        "checked": (1, Share(1, 2)),
        "fruitful": (1, Share(1, 2)),
        "rights": (2, None),
        "overdue": (1, None),
    }
    assert written(found, "I-15.institution") == {
        "caf": (0, 0, 0, 0, 2, 1, 0, 1),  # nobody owed a step until both fell due
        "nobody": (2, 0, 0, 0, 0, 0, 2, 0),
    }
    before = [figures_of(facts(period)) for period in (september, december)]
    erase()
    assert [figures_of(facts(period)) for period in (september, december)] == before


def test_what_a_later_act_says_belongs_to_its_own_month(world: World, hand: Hand):
    """R-IND-I-8, R-IND-I-14, R-IND-II-6, R-CLK-7: paid and kept otherwise in November, October stays as it was."""
    paid = {"outcome": "payment_scheduled", "outcome_on": date(2026, 10, 9), "text": "Paiement vendredi."}
    urgent = hand.urgency("05/10 09:00", world.cdas_agent, "1000001")
    hand.does("05/10 10:00", world.caf_agent, urgent, "take")
    hand.does("05/10 11:00", world.caf_agent, urgent, "answer", **paid)
    hand.does("05/10 12:00", world.cdas_agent, urgent, "acknowledge")
    relay = hand.sends("05/10 13:00", world.cdas_agent, "handover", plays.HANDOVER)
    hand.does("05/10 14:00", world.caf_secretariat, relay, "forward", holder_id=world.caf_ts.account_id)
    place = {"meeting_place": "Redon"}
    hand.does("05/10 15:00", world.caf_ts, relay, "plan_meeting", meeting_on=date(2026, 10, 6), **place)
    before = figures(OCTOBER)
    assert written(before, "I-8.payment") == {"payment": (1, 4)}
    assert written(before, "II-6.communication")["meetings"] == (1,)

    hand.does("03/11 09:00", world.cdas_agent, urgent, "reopen", reason="De nouveau rien.")
    later = {**paid, "outcome_on": date(2026, 11, 20), "kept_benefit": "aah"}
    hand.does("03/11 10:00", world.caf_agent, urgent, "answer", **later)
    hand.does("03/11 11:00", world.caf_ts, relay, "plan_meeting", meeting_on=date(2026, 11, 5), **place)
    assert figures(OCTOBER) == before
    year = figures(Year(2026))
    assert written(year, "I-8.payment") == {"payment": (1, 46)}
    assert written(year, "I-14.ground")["benefit"] == (Share(1, 1),)
    assert written(year, "II-6.communication")["meetings"] == (2,)


def test_what_is_noted_later_counts_on_its_day(world: World, hand: Hand):
    """R-RD, R-CLK-8: held in September and noted in October; checked in December and noted in January."""
    reference = hand.sends("01/09 10:00", world.cdas_agent, "rights_meeting", plays.RIGHTS_MEETING)
    fixed = {"meeting_on": date(2026, 9, 22), "meeting_time": time(10), "means": "telephone"}
    hand.does("02/09 09:00", world.caf_agent, reference, "schedule", **fixed)
    held = {**plays.HELD, "held_on": date(2026, 9, 22)}
    hand.does("05/10 09:00", world.caf_agent, reference, "hold", **held)
    september, december = Month(2026, 9), Month(2026, 12)
    assert written(figures(september), "RD-1.held") != {}
    assert written(figures(OCTOBER), "RD-1.held") == {}
    hand.at("22/12 06:00")
    with transaction() as session:
        assert fall_due.run(session) == 1
    hand.instant = datetime(2027, 1, 20, 9, tzinfo=PARIS)
    checked = {"check_result": "none", "checked_on": date(2026, 12, 30)}
    perform(world.caf_agent, reference, "check", checked)
    assert written(figures(december), "RD-2.opened") == {"held": (1, None), "checked": (1, Share(1, 1))} | {
        "fruitful": (0, Share(0, 1))
    }


def test_the_first_contact_is_the_call_that_reached_the_person(world: World, hand: Hand):
    """R-CLK-1, R-RV, R-IND-II-5: kept apart from the first call, and judged at the cut-off."""
    desk = world.caf_secretariat
    sent = [
        hand.sends(f"12/10 0{hour}:00", world.cdas_agent, "appointment", plays.APPOINTMENT) for hour in (8, 9)
    ]
    hand.does("12/10 10:00", desk, sent[0], "log_call", call_result="no_answer")
    hand.does("13/10 08:30", desk, sent[0], "log_call", call_result="reached")
    hand.does("02/11 10:00", desk, sent[1], "log_call", call_result="reached")
    assert written(figures(OCTOBER), "II-5.reached") == {"reached": (Share(1, 2), *hours(7.5, 7.5, 24.5))}


def test_actions_and_remarks_of_a_lived_month(world: World, hand: Hand):
    """R-IND-I-12, R-IND-II-7, R-GO-4: by the day held, without what was taken back; remarks by the day written."""
    given = {"audience": ["cdas_teams"], "organised_by": "caf-social", "place": "Redon"}
    kept = (("01/10", "asip", 14), ("31/10", "asip", 0), ("15/10", "missions_caf", 11))
    hand.at("02/11 09:00")
    for held, kind, participants in (*kept, ("30/09", "asip", 5), ("01/11", "cdap_workshop", 6)):
        day, month = map(int, held.split("/"))
        about = {"kind": kind, "held_on": date(2026, month, day), "participants": participants}
        awareness.record(world.caf_head, {**given, **about})
    mistaken = {"kind": "cdap_workshop", "held_on": date(2026, 10, 9), "participants": 7}
    awareness.take_back(world.caf_head, awareness.record(world.caf_head, {**given, **mistaken}))
    for at in ("30/09 23:59", "01/10 00:00", "31/10 23:59", "01/11 00:00"):
        hand.at(at)
        remarks.write(world.cdas_agent, "line", "works", "La ligne répond vite.")

    found = figures(OCTOBER)
    assert written(found, "I-12.actions") == {"asip": (2, 14)}
    assert written(found, "II-7.actions") == {"missions_caf": (1, 11)}
    assert written(found, "II-6.communication") == {"remarks": (2,)}
    year = figures(Year(2026))
    assert written(year, "I-12.actions") == {"asip": (3, 19), "cdap_workshop": (1, 6)}
    assert written(year, "II-6.communication") == {"remarks": (4,)}


def test_the_journal_that_figures_read_can_not_be_altered(world: World, hand: Hand):
    """R-CLK-7, R-DP-6: not even the outcome beside an erased payload."""
    worked_example(world, hand)
    with transaction() as session:
        session.execute(update(JournalEntry).values(payload_sealed=None, payload_salt=None))
    with pytest.raises(DBAPIError), transaction() as session:
        session.execute(text("UPDATE journal_entry SET code = 'other' WHERE code = 'restored'"))


def test_a_request_moved_without_its_journal_does_not_balance(world: World, hand: Hand):
    """R-IND-I-15: somebody ended it in the table alone; the unit that owed its step is named."""
    reference = worked_example(world, hand)
    moved = {"state": "closed", "next_step_unit_id": None, "next_deadline_at": None, "ended_at": hand.instant}
    with transaction() as session:
        session.execute(update(Ticket).where(Ticket.reference == reference).values(**moved))
    assert stock.unbalanced(figures_of(facts(OCTOBER))["I-15.flows"]) == ["cdas-redon"]
    assert stock.unbalanced(figures_of(facts(OCTOBER))["I-15.institution"]) == ["departement"]


def test_a_request_that_its_row_ended_before_the_month_is_read_by_its_journal_or_its_clock(
    world: World, hand: Hand
):
    """R-IND-I-15: it would be in no stock at all, and flows would add up; also when nothing happened in the month."""
    busy = worked_example(world, hand)
    quiet = hand.urgency("21/09 09:00", world.cdas_agent, "1000009")
    assert stock.unbalanced(figures_of(facts(OCTOBER))["I-15.flows"]) == []
    moved = {"state": "closed", "next_step_unit_id": None, "next_deadline_at": None}
    for reference, unit in ((busy, "cdas-redon"), (quiet, "caf-secretariat")):
        with transaction() as session:
            ended = {**moved, "ended_at": datetime(2026, 9, 25, tzinfo=PARIS)}
            session.execute(update(Ticket).where(Ticket.reference == reference).values(**ended))
        assert unit in stock.unbalanced(figures_of(facts(OCTOBER))["I-15.flows"])
