"""The pure rules of the life of the convention: its term, safe texts, small counts, late records (R-GO-4 … 8)."""

from datetime import date

import pytest

from service.workflows import cnaf, prose
from service.workflows.announcements import Phase, phase
from service.workflows.awareness import ACTION_KINDS, INDICATOR_OF, recorded_late
from service.workflows.convention_term import Term
from service.workflows.local_meetings import pays_of, territories
from service.workflows.prose import Block

TERM = Term(date(2024, 12, 2), date(2028, 12, 31), renews=True, notice_months=3)


@pytest.mark.parametrize(
    ("today", "renewal", "notice"),
    [
        (date(2024, 12, 2), date(2025, 12, 2), date(2025, 9, 2)),
        (date(2026, 9, 2), date(2026, 12, 2), date(2026, 9, 2)),
        (date(2026, 9, 3), date(2026, 12, 2), None),
        (date(2026, 12, 2), date(2027, 12, 2), date(2027, 9, 2)),
        (date(2028, 12, 1), date(2028, 12, 2), None),
        (date(2028, 12, 2), None, None),
    ],
)
def test_the_convention_renews_itself_every_year_within_its_last_day(
    today: date, renewal: date | None, notice: date | None
) -> None:
    """R-GO-6."""
    assert TERM.next_renewal(today) == renewal
    assert TERM.notice_by(today) == notice


def test_its_end_is_announced_from_six_months_before() -> None:
    """R-GO-6: on the very day, for ever after, and never without an end."""
    assert TERM.announced_end(date(2028, 6, 29)) is None
    assert TERM.announced_end(date(2028, 6, 30)) == date(2028, 12, 31)
    assert TERM.announced_end(date(2029, 1, 1)) == date(2028, 12, 31)
    assert Term(TERM.starts_on, None, renews=True, notice_months=3).announced_end(date(2060, 1, 1)) is None


def test_a_convention_that_does_not_renew_ends_on_the_eve_of_its_anniversary() -> None:
    once = Term(date(2024, 12, 2), date(2028, 12, 31), renews=False, notice_months=3)
    assert once.last_day(date(2026, 1, 1)) == date(2025, 12, 1)
    assert once.next_renewal(date(2025, 1, 1)) is None
    assert once.announced_end(date(2025, 6, 1)) == date(2025, 12, 1)
    born = Term(date(2024, 2, 29), None, renews=True, notice_months=3)
    assert born.anniversary(date(2025, 2, 28)) == date(2026, 2, 28)


def test_a_text_becomes_blocks_and_nothing_else() -> None:
    """R-GO-8: paragraphs, lists and headings; markup stays the text that it is."""
    text = "# Titre\nUn début\nsuite\n- un\n- deux\n\n\n- trois\n\n<b>pas gras</b>\n#collé"
    assert prose.blocks(text) == (
        Block("heading", ("Titre",)),
        Block("text", ("Un début", "suite")),
        Block("list", ("un", "deux")),
        Block("list", ("trois",)),
        Block("text", ("<b>pas gras</b>", "#collé")),
    )
    assert prose.blocks(" \n\n") == ()


def test_a_notice_is_to_come_in_force_then_past() -> None:
    """R-GO-5: its last day included; withdrawn at any time."""
    start, end = date(2026, 11, 10), date(2026, 11, 20)
    stands = [
        phase(start, end, withdrawn=False, today=day)
        for day in (date(2026, 11, 9), start, end, date(2026, 11, 21))
    ]
    assert stands == [Phase.COMING, Phase.IN_FORCE, Phase.IN_FORCE, Phase.PAST]
    assert phase(start, None, withdrawn=True, today=start) is Phase.PAST
    assert phase(start, None, withdrawn=False, today=date(2060, 1, 1)) is Phase.IN_FORCE


def test_an_action_is_late_when_its_month_is_over() -> None:
    """R-CLK-8."""
    assert not recorded_late(date(2026, 11, 1), date(2026, 11, 30))
    assert recorded_late(date(2026, 11, 30), date(2026, 12, 1))
    assert recorded_late(date(2026, 12, 31), date(2027, 1, 1))


def test_the_tables_say_everything_of_each_code() -> None:
    """I-12 and II-7 share the kinds; every status of a request to the Cnaf says what follows."""
    assert INDICATOR_OF.keys() == ACTION_KINDS.keys()
    assert cnaf.FOLLOWING.keys() == cnaf.STATUSES.keys()
    assert {code for follows in cnaf.FOLLOWING.values() for code in follows} < cnaf.STATUSES.keys()


def test_a_territory_says_its_scale() -> None:
    """R-GO-7."""
    assert pays_of(" Pays d’Exemple, ,Pays de Démo ") == ["Pays d’Exemple", "Pays de Démo"]
    assert territories(["B", "A", "A"], ["A"]) == [
        ("Intercommunalités (EPCI)", [("epci|A", "A"), ("epci|B", "B")]),
        ("Pays", [("pays|A", "A")]),
    ]
    assert territories([], []) == []
