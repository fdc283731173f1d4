"""R-GO-1: what a technical meeting has before it besides figures, from plain facts."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from service.statistics.chapters import Action, Decision, Matter, Situation, Unsent, chapters, shares_of
from service.statistics.document import Document, Section, Share
from service.statistics.facts import CallFacts, Event, Facts, TicketFacts
from service.statistics.paper import pdf_file
from service.statistics.periods import Month
from service.statistics.words import printable

OCTOBER = Month(2026, 10)
NOON = datetime(2026, 10, 13, 12, tzinfo=UTC)


def event(name: str, target: str, *, late_by: int = 0, **codes: str) -> Event:
    return Event(name, None, target, NOON, NOON + timedelta(days=late_by), "caf-prestations", None, codes)


def ticket(
    number: int, *events: Event, cdas: str | None = "cdas-redon", benefit: str | None = "rsa"
) -> TicketFacts:
    return TicketFacts(
        id=UUID(int=number),
        reference=f"UD-2026-00000{number}",
        kind="urgent_rights",
        channel="email",
        asking=cdas,
        cdas=cdas,
        from_caf=False,
        to_caf=True,
        submitted_at=NOON,
        state="closed",
        owes=None,
        codes={"benefit": benefit},
        events=events,
        timings=(),
    )


def facts(*tickets: TicketFacts, calls: tuple[CallFacts, ...] = ()) -> Facts:
    def no_hours(_unit: str) -> None:
        raise AssertionError("these remarks ask for no hours")

    return Facts(OCTOBER, tickets, calls, (), {}, {}, no_hours)


MATTER = Matter(
    facts=facts(),
    situations=(
        Situation("UD-2026-000012", "Urgence définie", "En cours", 4, "departement", "Qui relance ?"),
        Situation("UD-2026-000012", "Urgence définie", "En cours", 4, "caf", "Et le bailleur ?"),
    ),
    actions=(
        Action("a", "Écrire aux CDAS", "Secrétariat", date(2026, 10, 20), "Réunion technique – août 2026"),
        Action("b", "Revoir la liste", "Redon", date(2026, 11, 20), "Comité de suivi – 2025"),
    ),
    decisions=(Decision("c", "Un seul canal pour les pièces."),),
    decided_at="Réunion technique – septembre 2026",
    unsent=Unsent(1, 3, 0, 0),
    made_on=date(2026, 11, 2),
)


def part(name: str, matter: Matter = MATTER) -> Section:
    return next(section for section in chapters(matter) if section.id == name)


def test_each_question_stands_by_its_reference_with_kind_age_and_state() -> None:
    table = part("situations").tables[0]
    assert [row.label for row in table.rows] == ["UD-2026-000012"] * 2
    assert table.rows[0].cells == ("Urgence définie", "En cours", 4, "Département", "Qui relance ?")
    assert table.rows[1].cells[-2:] == ("Caf", "Et le bailleur ?")


def test_actions_left_open_say_whose_until_when_and_whether_late() -> None:
    section = part("left_open")
    assert section.sentence == "2 actions restent à faire, dont 1 en retard."
    assert section.table("meeting.actions").rows[0].cells == (
        "Secrétariat",
        date(2026, 10, 20),
        "en retard de 13 jours",
        "Réunion technique – août 2026",
    )
    assert section.table("meeting.actions").column("late")["b"] == "dans les temps"
    assert section.table("meeting.decisions").column("meeting") == {"c": "Réunion technique – septembre 2026"}


def test_what_is_missing_is_counted_with_what_it_is_of() -> None:
    closed = event("acknowledge", "closed")
    read = facts(
        ticket(1, event("receive", "submitted", late_by=3), closed, cdas=None),
        ticket(2, event("answer", "answered", outcome="restored"), closed, benefit=None),
        calls=(CallFacts("cdas-redon", NOON, NOON + timedelta(days=2), 5, True, True),),
    )
    assert shares_of(read, MATTER.unsent) == {
        "no_cdas": Share(1, 2),
        "no_benefit": Share(1, 2),
        "no_outcome": Share(1, 2),
        "late_acts": Share(1, 4),
        "late_calls": Share(1, 1),
        "drafts": Share(1, 3),
        "mails": Share(0, 0),
    }


def test_remarks_on_data_are_of_all_units_together() -> None:
    """Nothing by unit: there is nothing to mask."""
    assert not any(table.by_unit for section in chapters(MATTER) for table in section.tables)


def test_a_quiet_month_says_so() -> None:
    quiet = replace(MATTER, situations=(), actions=(), decisions=(), unsent=Unsent(0, 3, 0, 0))
    assert [len(section.tables) for section in chapters(quiet)] == [0, 0, 0, 0]
    assert part("situations", quiet).sentence == "Aucune demande n’a été mise en avant pour cette réunion."
    assert part("left_open", quiet).sentence == "Aucune action n’attend d’être faite."
    assert (
        part("quality", quiet).sentence
        == "Rien ne manque aux chiffres qui suivent, et rien n’a été noté tard."
    )


def published(sections: tuple[Section, ...]) -> Document:
    return Document("monthly_pack", "Réunion technique", "", date(2026, 11, 2), 1, sections)


def test_a_revision_keeps_what_was_discussed_and_counts_the_data_again() -> None:
    later = replace(MATTER, situations=(), actions=(), unsent=Unsent(0, 3, 0, 0))
    revised = chapters(later, published(chapters(MATTER)))
    assert revised[:3] == chapters(MATTER)[:3]
    assert revised[3] == part("quality", later)
    assert chapters(MATTER, published(())) == ()  # an edition that had none has none later


@pytest.mark.parametrize("typed", ["Qui paie ? 🙂", "سؤال", "de\n\nsuite\tencore"])
def test_whatever_is_typed_is_printed(typed: str) -> None:
    """A sign that our faces can not draw would keep the whole document from paper."""
    odd = replace(MATTER, situations=(replace(MATTER.situations[0], question=typed),))
    assert pdf_file(published(chapters(odd)))


def test_ordinary_words_are_left_alone() -> None:
    text = "L’œuvre « à l’Haÿ » – 12 €, n° 4…"
    assert printable(text) == text
