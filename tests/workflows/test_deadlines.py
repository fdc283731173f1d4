"""Clocks, durations, targets, ledger and their explanation (R-CLK-1, -2, -3, -5, -6)."""

import random
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.workflows.business_time import OpenHours, Period, Slot
from service.workflows.calendars import open_hours, service_hours
from service.workflows.deadlines import (
    ClockRun,
    JournalRefused,
    Step,
    Target,
    business_seconds,
    elapsed_seconds,
    ledger,
    moves,
    replay,
    target_at,
    waited_seconds,
    within_target,
)
from service.workflows.explanation import explain
from service.workflows.machine import Owes
from service.workflows.urgent_rights import URGENT_RIGHTS
from tests import scale

PARIS = ZoneInfo("Europe/Paris")
SECRETARIAT, PRESTATIONS, CDAS = "secretariat", "prestations", "cdas"
NAMES = {SECRETARIAT: "Secrétariat de la Caf", PRESTATIONS: "Service Prestations", CDAS: "CDAS Exemple"}
VERSION = "convention du 2 décembre 2024"
OPENING = ("triage", "take", "answer")
HOUR = 3600


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=PARIS)  # type: ignore[misc,arg-type]


def hours_and_minutes(hours: int, minutes: int) -> int:
    return hours * HOUR + minutes * 60


def same_hours(unit: str) -> OpenHours:
    return service_hours()


def the_run(steps: Sequence[Step], name: str, number: int = 1) -> ClockRun:
    return next(run for run in replay(steps) if (run.name, run.run) == (name, number))


# ------------------------------------------------ the worked example of indicators.md, by hand
SUBMITTED, ASSIGNED = at(2026, 10, 23, 16, 30), at(2026, 10, 26, 9)
TAKEN, ASKED = at(2026, 10, 26, 11), at(2026, 10, 26, 11, 30)
REPLIED, ANSWERED = at(2026, 10, 27, 10), at(2026, 10, 27, 15)
EXAMPLE = (
    Step(SUBMITTED, "Envoyée", SECRETARIAT, starts=OPENING),
    Step(ASSIGNED, "Affectée", PRESTATIONS, stops=("triage",), resumes=("answer",)),
    Step(TAKEN, "Prise en charge", PRESTATIONS, stops=("triage", "take")),
    Step(ASKED, "La Caf demande un complément", CDAS, pauses=("answer",)),
    Step(REPLIED, "Le CDAS répond", PRESTATIONS, resumes=("answer",)),
    Step(ANSWERED, "La Caf apporte sa réponse", CDAS, stops=("answer",), starts=("closing",)),
)


def test_worked_example_triage_is_1_h_00_business_and_65_h_30_elapsed() -> None:
    triage = the_run(EXAMPLE, "triage")
    assert business_seconds(triage, same_hours) == hours_and_minutes(1, 0)
    assert elapsed_seconds(triage) == hours_and_minutes(65, 30)


def test_worked_example_prise_en_charge_is_3_h_00() -> None:
    assert business_seconds(the_run(EXAMPLE, "take"), same_hours) == hours_and_minutes(3, 0)


def test_worked_example_waiting_for_the_cdas_in_its_own_hours_is_6_h_00() -> None:
    assert waited_seconds(the_run(EXAMPLE, "answer"), same_hours) == {CDAS: hours_and_minutes(6, 0)}


def test_worked_example_reponse_is_7_h_30_waiting_excluded() -> None:
    answer = the_run(EXAMPLE, "answer")
    assert business_seconds(answer, same_hours) == hours_and_minutes(7, 30)
    assert elapsed_seconds(answer) == hours_and_minutes(95, 30)


def test_worked_example_the_target_is_tuesday_27_at_17_00_before_6_h_00_are_added() -> None:
    answer, two_days = the_run(EXAMPLE, "answer"), Target(2, "days")
    without_wait = the_run((EXAMPLE[0], *EXAMPLE[-1:]), "answer")
    assert target_at(without_wait, two_days, same_hours) == at(2026, 10, 27, 17)
    (move,) = moves(answer, at(2026, 10, 27, 17), same_hours)
    assert (move.seconds, move.answering_unit) == (hours_and_minutes(6, 0), PRESTATIONS)
    assert target_at(answer, two_days, same_hours) == move.due == at(2026, 10, 28, 15, 30)
    assert within_target(answer, two_days, same_hours)


def test_worked_example_the_ledger_from_submit_to_answer() -> None:
    kept = ledger(EXAMPLE, same_hours, ANSWERED)
    assert kept.lines == {
        SECRETARIAT: hours_and_minutes(1, 0),
        PRESTATIONS: hours_and_minutes(6, 30),
        CDAS: hours_and_minutes(6, 0),
    }
    assert kept.closed == hours_and_minutes(82, 0)
    assert kept.elapsed == hours_and_minutes(95, 30)


def test_worked_example_the_bar_has_its_pieces_in_order_and_closed_time_is_grey() -> None:
    bar = ledger(EXAMPLE, same_hours, ANSWERED).segments
    assert bar[0] == (SECRETARIAT, SUBMITTED, at(2026, 10, 23, 17), 30 * 60)
    assert bar[1] == (None, at(2026, 10, 23, 17), at(2026, 10, 26, 8, 30), hours_and_minutes(64, 30))
    assert [piece.unit for piece in bar] == [
        SECRETARIAT, None, SECRETARIAT, PRESTATIONS, CDAS, None, CDAS, None, CDAS, PRESTATIONS, None, PRESTATIONS,
    ]  # fmt: skip


def test_worked_example_explained_r_clk_6() -> None:
    said = explain(the_run(EXAMPLE, "answer"), Target(2, "days"), same_hours, ANSWERED, NAMES, VERSION)
    hours = "du lundi au vendredi, 8 h 30 – 12 h 15 et 13 h 15 – 17 h 00"
    assert said == [
        "Départ : vendredi 23 octobre 2026 à 16 h 30, à la charge de « Secrétariat de la Caf ».",
        f"Heures d’ouverture de « Secrétariat de la Caf » : {hours}.",
        f"Heures d’ouverture de « Service Prestations » : {hours}.",
        f"Heures d’ouverture de « CDAS Exemple » : {hours}.",
        "Du vendredi 23 octobre 2026 à 16 h 30 au lundi 26 octobre 2026 à 9 h 00, à la charge de "
        "« Secrétariat de la Caf » : 1 h 00 ouvrée.",
        "Du lundi 26 octobre 2026 à 9 h 00 au lundi 26 octobre 2026 à 11 h 30, à la charge de "
        "« Service Prestations » : 2 h 30 ouvrées.",
        "Du lundi 26 octobre 2026 à 11 h 30 au mardi 27 octobre 2026 à 10 h 00, en attente de « CDAS Exemple » : "
        "le délai est suspendu (R-CLK-2) ; attente de 6 h 00 ouvrées dans les heures de ce service.",
        "Du mardi 27 octobre 2026 à 10 h 00 au mardi 27 octobre 2026 à 15 h 00, à la charge de "
        "« Service Prestations » : 4 h 00 ouvrées.",
        "Objectif : 2 jours ouvrés (règle R-CLK-3, convention du 2 décembre 2024), soit la fin du 2e jour "
        "d’ouverture de « Secrétariat de la Caf » après le jour du départ : mardi 27 octobre 2026 à 17 h 00.",
        "Échéance reportée du temps de l’attente, 6 h 00 ouvrées pour « Service Prestations » : "
        "mercredi 28 octobre 2026 à 15 h 30.",
        "Délai arrêté le mardi 27 octobre 2026 à 15 h 00 : 7 h 30 ouvrées, 95 h 30 en temps écoulé.",
        "Objectif tenu.",
    ]


# ------------------------------------------------------------------------------ runs of clocks
def test_r_clk_1_the_runs_of_the_example_and_who_owed_them() -> None:
    runs = replay(EXAMPLE)
    assert [(run.name, run.run, run.running) for run in runs] == [
        ("triage", 1, False), ("take", 1, False), ("answer", 1, False), ("closing", 1, True),
    ]  # fmt: skip
    answer = the_run(EXAMPLE, "answer")
    assert answer.owed == (
        (SUBMITTED, ASSIGNED, SECRETARIAT),
        (ASSIGNED, ASKED, PRESTATIONS),
        (REPLIED, ANSWERED, PRESTATIONS),
    )
    assert answer.waits == ((ASKED, REPLIED, CDAS),)
    assert the_run(EXAMPLE, "closing").owed == ((ANSWERED, None, CDAS),)
    assert not answer.paused
    assert the_run(EXAMPLE[:4], "answer").paused


def test_r_clk_1_contest_starts_new_clocks_and_the_first_ones_stay() -> None:
    refused, contested = at(2026, 10, 26, 9), at(2026, 11, 3, 9)
    before = (EXAMPLE[0], Step(refused, "Non retenue", None, stops=OPENING))
    after = (*before, Step(contested, "Seconde lecture demandée", SECRETARIAT, starts=OPENING))
    assert replay(after)[:3] == replay(before)
    assert [(run.name, run.run) for run in replay(after)[3:]] == [("triage", 2), ("take", 2), ("answer", 2)]
    assert the_run(after, "answer", 2).started_at == contested
    kept = ledger(after, same_hours, at(2026, 11, 3, 10))
    assert kept.lines == {SECRETARIAT: hours_and_minutes(2, 0)}, (
        "between refusal and contest nobody owes anything"
    )
    assert kept.elapsed == hours_and_minutes(66, 30)
    second = explain(the_run(after, "answer", 2), None, same_hours, contested, NAMES, VERSION)
    assert second[0] == "C’est le 2e décompte de ce délai ; les précédents ne changent pas (R-CLK-1)."


def test_r_clk_1_starting_a_clock_that_runs_is_an_error() -> None:
    with pytest.raises(JournalRefused, match="already runs"):
        replay((EXAMPLE[0], Step(ASSIGNED, "Envoyée", SECRETARIAT, starts=("answer",))))


def test_r_clk_5_nobody_owing_the_step_while_a_clock_runs_is_an_error() -> None:
    orphan = (EXAMPLE[0], Step(ASSIGNED, "Perdue", None))
    with pytest.raises(JournalRefused, match="nobody owes"):
        replay(orphan)
    with pytest.raises(JournalRefused, match="nobody owes"):
        ledger(orphan, same_hours, ANSWERED)


def test_r_clk_8_steps_that_go_back_in_time_or_lack_a_zone_are_errors() -> None:
    with pytest.raises(JournalRefused, match="before the step"):
        replay((EXAMPLE[1], EXAMPLE[0]))
    with pytest.raises(JournalRefused, match="time zone"):
        replay((Step(datetime(2026, 10, 23), "Envoyée", SECRETARIAT, starts=OPENING),))  # noqa: DTZ001


def test_stopping_or_resuming_a_clock_that_does_not_run_changes_nothing() -> None:
    noise = Step(ASSIGNED, "Bruit", SECRETARIAT, stops=("closing",), pauses=("closing",), resumes=("answer",))
    assert replay((EXAMPLE[0], noise)) == replay((EXAMPLE[0],))


def test_two_steps_of_the_same_second_leave_no_empty_stretch() -> None:
    steps = (EXAMPLE[0], Step(SUBMITTED, "Affectée", PRESTATIONS, stops=("triage",)))
    assert the_run(steps, "answer").owed == ((SUBMITTED, None, PRESTATIONS),)
    assert the_run(steps, "answer").first_unit == SECRETARIAT
    triage = the_run(steps, "triage")
    assert (triage.owed, elapsed_seconds(triage), business_seconds(triage, same_hours)) == ((), 0, 0)
    assert target_at(triage, Target(4, "hours"), same_hours) == at(2026, 10, 26, 12)


def test_r_clk_2_a_clock_stays_paused_until_something_resumes_it() -> None:
    entrusted = Step(at(2026, 10, 26, 14), "Confiée à un collègue", CDAS)
    steps = (*EXAMPLE[:4], entrusted, *EXAMPLE[4:])
    assert replay(steps) == replay(EXAMPLE)
    assigned = Step(at(2026, 10, 26, 14), "Affectée", PRESTATIONS, stops=("triage",), resumes=("answer",))
    answer = the_run((*EXAMPLE[:4], assigned), "answer")
    assert answer.waits == ((ASKED, at(2026, 10, 26, 14), CDAS),)
    assert not answer.paused


def test_an_empty_journal_has_no_clock_and_an_empty_ledger() -> None:
    assert replay(()) == ()
    assert ledger((), same_hours, ANSWERED).elapsed == 0


# ---------------------------------------------------------------------------------- durations
def test_a_running_clock_is_counted_up_to_the_instant_asked_for() -> None:
    closing = the_run(EXAMPLE, "closing")
    assert business_seconds(closing, same_hours, at(2026, 10, 28, 9)) == hours_and_minutes(2, 30)
    assert elapsed_seconds(closing, at(2026, 10, 28, 9)) == hours_and_minutes(18, 0)
    for question in (elapsed_seconds, lambda run: business_seconds(run, same_hours)):
        with pytest.raises(ValueError, match="up to which instant"):
            question(closing)


def test_a_stopped_clock_is_cut_at_an_earlier_instant_and_a_ledger_too() -> None:
    answer = the_run(EXAMPLE, "answer")
    assert business_seconds(answer, same_hours, ASSIGNED) == hours_and_minutes(1, 0)
    assert elapsed_seconds(answer, SUBMITTED - timedelta(days=1)) == 0
    assert business_seconds(answer, same_hours, SUBMITTED - timedelta(days=1)) == 0
    assert ledger(EXAMPLE, same_hours, ASKED).lines == {
        SECRETARIAT: hours_and_minutes(1, 0),
        PRESTATIONS: hours_and_minutes(2, 30),
    }


CDAS_MORNINGS = open_hours(tuple(Slot(day, time(9), time(12)) for day in range(5)))


def own_hours(unit: str) -> OpenHours:
    return CDAS_MORNINGS if unit == CDAS else service_hours()


def test_r_clk_2_waiting_counts_in_the_hours_of_who_is_waited_for() -> None:
    answer = the_run(EXAMPLE, "answer")
    assert waited_seconds(answer, own_hours) == {CDAS: hours_and_minutes(1, 30)}
    assert target_at(answer, Target(2, "days"), own_hours) == at(2026, 10, 28, 15, 30), (
        "what the Caf has lost"
    )
    kept = ledger(EXAMPLE, own_hours, ANSWERED)
    assert kept.lines[CDAS] == hours_and_minutes(1, 30)
    assert kept.elapsed == hours_and_minutes(95, 30)


def test_r_clk_2_a_reply_outside_the_open_hours() -> None:
    late = (*EXAMPLE[:4], Step(at(2026, 10, 26, 22), "Le CDAS répond", PRESTATIONS, resumes=("answer",)))
    answer = the_run(late, "answer")
    now = at(2026, 10, 27, 9)
    assert waited_seconds(answer, same_hours, now) == {CDAS: hours_and_minutes(4, 30)}
    assert business_seconds(answer, same_hours, now) == hours_and_minutes(4, 0)
    assert target_at(answer, Target(2, "days"), same_hours) == at(2026, 10, 28, 14)
    assert ledger(late, same_hours, now).elapsed == elapsed_seconds(answer, now)


# ------------------------------------------------------------------------------------ targets
def test_r_clk_3_business_hours_are_a_sum_of_open_minutes_of_those_who_owe_in_turn() -> None:
    take = the_run(EXAMPLE, "take")
    assert target_at(take, Target(3, "hours"), same_hours) == TAKEN
    assert within_target(take, Target(3, "hours"), same_hours)
    assert not within_target(take, Target(2, "hours"), same_hours)
    assert target_at(take, Target(2, "hours"), same_hours) == at(2026, 10, 26, 10)
    answer = the_run(EXAMPLE, "answer")
    assert target_at(answer, Target(1, "hours"), same_hours) == ASSIGNED
    assert target_at(answer, Target(4, "hours"), same_hours) == at(2026, 10, 27, 10, 30)
    assert target_at(answer, Target(8, "hours"), same_hours) == at(2026, 10, 27, 15, 30)


def test_r_clk_3_business_hours_are_reached_when_the_last_open_minute_ends() -> None:
    steps = (
        Step(at(2026, 10, 23, 16, 45), "Envoyée", SECRETARIAT, starts=OPENING),
        Step(at(2026, 10, 26, 12, 30), "Affectée", PRESTATIONS, stops=("triage",)),
    )
    triage, take = the_run(steps, "triage"), the_run(steps, "take")
    assert target_at(triage, Target(4, "hours"), same_hours) == at(2026, 10, 26, 12, 15)
    assert target_at(take, Target(4, "hours"), same_hours) == at(2026, 10, 26, 12, 15)
    assert within_target(triage, Target(4, "hours"), same_hours), "at lunch no open minute was added"


def test_r_clk_3_a_wait_moves_the_target_by_what_the_side_that_asked_has_lost() -> None:
    def hours_of(unit: str) -> OpenHours:
        return CDAS_MORNINGS if unit == "relais" else service_hours()

    steps = (
        *EXAMPLE[:5],
        Step(at(2026, 10, 27, 10, 30), "Affectée", "relais", resumes=("answer",)),
    )
    (move,) = moves(the_run(steps, "answer"), at(2026, 10, 27, 17), hours_of)
    assert (move.answering_unit, move.seconds) == (PRESTATIONS, hours_and_minutes(6, 0))
    assert move.due == at(2026, 10, 28, 15, 30)


def test_r_clk_5_a_unit_that_owed_the_step_only_while_closed_has_a_line_of_zero() -> None:
    kept = ledger(EXAMPLE[:1], same_hours, SUBMITTED + timedelta(hours=1))
    assert kept.lines == {SECRETARIAT: 30 * 60}
    night = Step(at(2026, 10, 23, 22), "Envoyée", SECRETARIAT, starts=OPENING)
    assert ledger((night,), same_hours, at(2026, 10, 24, 22)).lines == {SECRETARIAT: 0}


def test_r_clk_3_the_end_of_the_target_day_is_still_within_and_a_second_later_is_not() -> None:
    for seconds, expected in ((0, True), (1, False)):
        stop = at(2026, 10, 26, 17) + timedelta(seconds=seconds)
        run = the_run((EXAMPLE[0], Step(stop, "Prise en charge", PRESTATIONS, stops=("take",))), "take")
        assert within_target(run, Target(1, "days"), same_hours) is expected


def test_r_clk_3_a_wait_that_lasts_moves_the_target_as_it_goes_on() -> None:
    waiting = the_run(EXAMPLE[:4], "answer")
    two_days, six_hours = Target(2, "days"), Target(6, "hours")
    assert target_at(waiting, two_days, same_hours) == at(2026, 10, 27, 17)
    assert target_at(waiting, two_days, same_hours, at(2026, 10, 26, 14, 15)) == at(2026, 10, 28, 10, 15)
    assert target_at(waiting, six_hours, same_hours) == at(2026, 10, 26, 15)
    assert target_at(waiting, six_hours, same_hours, at(2026, 10, 26, 14, 15)) == at(2026, 10, 26, 16, 45)
    a_month_later = at(2026, 11, 27, 12)
    assert within_target(waiting, two_days, same_hours, a_month_later)
    assert within_target(waiting, six_hours, same_hours, a_month_later)


def test_r_clk_3_a_wait_after_the_target_does_not_make_a_late_answer_timely() -> None:
    steps = (
        EXAMPLE[0],
        Step(at(2026, 10, 28, 9), "La Caf demande un complément", CDAS, pauses=("answer",)),
        Step(at(2026, 11, 5, 9), "Le CDAS répond", PRESTATIONS, resumes=("answer",)),
        Step(at(2026, 11, 5, 9, 1), "La Caf apporte sa réponse", CDAS, stops=("answer",)),
    )
    assert not within_target(the_run(steps, "answer"), Target(2, "days"), same_hours)


def test_r_clk_6_holidays_are_named_and_a_missed_target_is_said() -> None:
    steps = (
        Step(at(2026, 11, 10, 16), "Envoyée", SECRETARIAT, starts=OPENING),
        Step(at(2026, 11, 13, 9), "Prise en charge", PRESTATIONS, stops=("triage", "take")),
    )
    said = explain(
        the_run(steps, "take"), Target(1, "days"), same_hours, ANSWERED + timedelta(days=90), NAMES, VERSION
    )
    holiday = (
        "Mercredi 11 novembre 2026 : « Secrétariat de la Caf » fermé (jour férié : Armistice), non compté."
    )
    assert said.count(holiday) == 1
    assert any("jeudi 12 novembre 2026 à 17 h 00" in sentence for sentence in said)
    assert said[-1] == "Objectif dépassé."


def test_r_clk_6_a_running_clock_and_a_target_in_hours() -> None:
    run = the_run(EXAMPLE[:1], "triage")
    said = explain(run, Target(4, "hours"), same_hours, at(2026, 10, 26, 9), NAMES, VERSION)
    assert said[-3:] == [
        "Objectif : 4 heures ouvrées (règle R-CLK-3, convention du 2 décembre 2024), somme des minutes d’ouverture : "
        "atteint le lundi 26 octobre 2026 à 12 h 00.",
        "Délai en cours, compté jusqu’au lundi 26 octobre 2026 à 9 h 00 : 1 h 00 ouvrée, 65 h 30 en temps écoulé.",
        "L’objectif n’est pas dépassé.",
    ]
    assert (
        explain(run, Target(4, "hours"), same_hours, at(2026, 10, 26, 14), NAMES, VERSION)[-1]
        == "Objectif dépassé."
    )


def test_r_clk_6_a_clock_without_a_target_says_so() -> None:
    said = explain(the_run(EXAMPLE, "closing"), None, same_hours, at(2026, 10, 28, 9), NAMES, VERSION)
    assert "Ce délai n’a pas d’objectif dans la convention appliquée (convention du 2 décembre 2024)." in said
    assert not any("Objectif" in sentence for sentence in said)


@pytest.mark.parametrize(("amount", "unit"), [(0, "days"), (-1, "hours"), (1, "weeks")])
def test_targets_that_can_not_be_are_refused(amount: int, unit: str) -> None:
    with pytest.raises(ValueError, match="a target of"):
        Target(amount, unit)  # type: ignore[arg-type]


def test_targets_in_words() -> None:
    assert [str(Target(1, "days")), str(Target(2, "days")), str(Target(4, "hours"))] == [
        "1 jour ouvré", "2 jours ouvrés", "4 heures ouvrées",
    ]  # fmt: skip


# ----------------------------------------------------------------------------- any journal
UNITS: Mapping[Owes, str] = {
    Owes.TRIAGE_UNIT: SECRETARIAT,
    Owes.ASSIGNED_UNIT: PRESTATIONS,
    Owes.ASKING_UNIT: CDAS,
}


@cache
def various_hours(unit: str) -> OpenHours:
    """Other hours for each unit, a closure within the example's weeks for one of them."""
    closed = Period.of_days(date(2026, 10, 28), date(2026, 10, 29), "fermeture : Exemple")
    weekly = {
        SECRETARIAT: tuple(Slot(day, time(9), time(12)) for day in range(5)),
        PRESTATIONS: tuple(Slot(day, time(8), time(16)) for day in range(4)),
        CDAS: tuple(Slot(day, time(1), time(18, 30)) for day in range(7)),
    }[unit]
    return OpenHours(
        weekly, date(2026, 1, 1), date(2030, 12, 31), closures=(closed,) if unit == PRESTATIONS else ()
    )


def random_journal(seed: int) -> list[Step]:
    """A walk through the table of urgent_rights, at instants to the second, across the change of clock."""
    chance = random.Random(seed)
    state, now, steps = None, datetime(2026, 10, 22, 9, tzinfo=UTC), []
    for _ in range(chance.randint(1, 14)):
        rows = [
            row for row in URGENT_RIGHTS.transitions if (state in row.source if state else not row.source)
        ]
        if not rows:
            break
        row = chance.choice(rows)
        state = row.lands_in(state)
        owes = URGENT_RIGHTS.state(state).owes
        steps.append(
            Step(
                now,
                row.history,
                UNITS[owes] if owes else None,
                row.starts,
                row.stops,
                row.pauses,
                row.resumes,
            )
        )
        now += timedelta(seconds=chance.choice((0, 1, 59, 3600, chance.randint(0, 200_000))))
    return steps


journals = st.builds(random_journal, st.integers(0, 2**32))
cuts = st.integers(0, 3_000_000).map(lambda n: datetime(2026, 10, 22, 9, tzinfo=UTC) + timedelta(seconds=n))


@given(journals, cuts)
@settings(max_examples=scale.count(200, 3000), deadline=None)
def test_r_clk_5_the_ledger_lines_add_up_to_the_elapsed_time_to_the_second(
    steps: list[Step], until: datetime
) -> None:
    kept = ledger(steps, various_hours, until)
    with_a_clock = set[tuple[datetime, datetime]]()
    for run in replay(steps):
        for start, end, _ in (*run.owed, *run.waits):
            with_a_clock.add((start, min(end or until, until)))
    covered, reached = 0, datetime(2026, 1, 1, tzinfo=UTC)
    for start, end in sorted(with_a_clock):
        covered += max(0, int((end - max(start, reached)).total_seconds()))
        reached = max(reached, end)
    assert kept.elapsed == covered == sum(piece.seconds for piece in kept.segments)
    for piece in kept.segments:
        assert piece.seconds == int((piece.end - piece.start).total_seconds()) > 0
    for before, after in zip(kept.segments, kept.segments[1:], strict=False):
        assert before.end <= after.start
        assert before.end < after.start or before.unit != after.unit


@given(journals, cuts)
@settings(max_examples=scale.count(200, 3000), deadline=None)
def test_r_clk_2_each_run_is_covered_by_what_is_owed_and_what_is_waited_for(
    steps: list[Step], until: datetime
) -> None:
    for run in replay(steps):
        reached = run.started_at
        for start, end, _ in sorted((*run.owed, *run.waits), key=lambda stretch: stretch.start):
            assert start == reached
            assert end is None or end > start
            reached = end or until
        assert run.stopped_at is None or reached == run.stopped_at
        business = business_seconds(run, various_hours, until)
        waited = waited_seconds(run, various_hours, until)
        assert 0 <= business + sum(waited.values()) <= elapsed_seconds(run, until)
        assert set(waited) <= {CDAS}


@given(journals, cuts, st.integers(1, 12))
@settings(max_examples=scale.count(200, 3000), deadline=None)
def test_r_clk_3_a_target_in_hours_is_reached_when_that_many_open_hours_are_spent(
    steps: list[Step], until: datetime, amount: int
) -> None:
    target = Target(amount, "hours")
    for run in replay(steps):
        due = target_at(run, target, various_hours, until)
        assert due > run.started_at
        spent = business_seconds(run, various_hours, until)
        if due < min(run.stopped_at or until, until):
            assert business_seconds(run, various_hours, due) == amount * HOUR
        assert within_target(run, target, various_hours, until) == (spent <= amount * HOUR)


@given(journals, cuts, st.integers(1, 5))
@settings(max_examples=scale.count(100, 2000), deadline=None)
def test_r_clk_3_and_6_waits_only_move_a_target_later_and_everything_can_be_explained(
    steps: list[Step], until: datetime, amount: int
) -> None:
    target = Target(amount, "days")
    for run in replay(steps):
        first = various_hours(run.first_unit).end_of_open_day(run.started_at, amount)
        due = target_at(run, target, various_hours, until)
        assert due >= first
        assert run.waits or due == first
        if until >= run.started_at:
            said = explain(run, target, various_hours, until, NAMES, VERSION)
            assert said[-1].startswith(("Objectif tenu", "Objectif dépassé", "L’objectif n’est pas dépassé"))
            assert len(said) == len(set(said))
