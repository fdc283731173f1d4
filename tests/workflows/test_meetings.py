"""What goes on the agenda of a meeting, in which order; what a text without personal data may not hold (R-GO-1)."""

from datetime import date

import pytest

from service.workflows import impersonal, meetings
from service.workflows.meetings import MeetingKind


def test_reasons_stand_in_the_order_of_the_table_each_once() -> None:
    found = meetings.in_order(["late", "contested", "late", "put_forward_caf"])
    assert found == ("put_forward_caf", "contested", "late")
    assert meetings.rank(found) < meetings.rank(["contested"]) < meetings.rank(["refused"])
    assert meetings.rank([]) == len(meetings.REASONS)
    assert all(reason.sentence.endswith(".") for reason in meetings.REASONS.values())


def test_a_meeting_is_about_a_month_a_year_or_its_reason() -> None:
    day = date(2026, 12, 17)
    assert meetings.begins(MeetingKind.MONTHLY, day) == date(2026, 12, 1)
    assert meetings.begins(MeetingKind.COMMITTEE, day) == date(2026, 1, 1)
    assert meetings.month_after(date(2026, 12, 1)) == date(2027, 1, 1)
    assert meetings.month_after(date(2026, 1, 1)) == date(2026, 2, 1)
    assert meetings.title(MeetingKind.MONTHLY, date(2026, 8, 1), day) == "Réunion technique – août 2026"
    assert meetings.title(MeetingKind.COMMITTEE, date(2026, 1, 1), day) == "Comité de suivi – 2026"
    assert meetings.title(MeetingKind.PARTICULAR, None, day) == "Réunion particulière du 17 décembre 2026"


def test_minutes_stand_a_week_after_the_meeting() -> None:
    held = date(2026, 11, 5)
    assert meetings.may_record(held, date(2026, 11, 12))
    assert not meetings.may_record(held, date(2026, 11, 13))


@pytest.mark.parametrize("text", ["Matricule 1234567.", "au 123 4567 ?", "1 234 567", "n° 1234567"])
def test_r_go_1_a_matricule_is_found(text: str) -> None:
    assert impersonal.faults(text) == [impersonal.MATRICULE_SENTENCE]


@pytest.mark.parametrize(
    "text",
    [
        "La ligne est au 02 99 12 34 56.",
        "Depuis le 05/11/2026, 35 600 demandes et 1 234,50 €.",
        "UD-4F7K-92QX",
        "Le 1.10.2026 et le 12 11 2026",
        "12345678",
        "",
    ],
)
def test_other_numbers_are_no_matricule(text: str) -> None:
    assert impersonal.faults(text) == []


def test_r_dp_7_a_nir_is_said_once() -> None:
    (sentence,) = impersonal.faults("1 85 05 35 238 005 22")
    assert "sécurité sociale" in sentence


def test_r_go_1_the_name_of_the_person_is_found_articles_apart() -> None:
    known = ["Exemple-Le Gall", "Éloïse"]
    assert impersonal.holds_a_name("Que répondre à mme GALL ?", known)
    assert impersonal.holds_a_name("eloise attend", known)
    assert not impersonal.holds_a_name("Qui demande la pièce, et dans quel délai ?", known)
    assert not impersonal.holds_a_name("Le galet de la mer", known)
    assert impersonal.holds_a_name("M. Ly attend", ["Ly"])
