"""Versions of the convention with a date of effect: previewed, kept, withdrawn; what is past stays (R-CLK-7)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from service import clock
from service.database import reading
from service.models import ConventionVersion, Ticket
from service.operations.acts import perform
from service.permissions import Role
from service.queries.reference import reference
from service.workflows.deadlines import Target
from tests.factories import World, a_submitted_ticket
from tests.pages.conftest import Visitor
from tests.pages.test_settings import sent

LogIn = Callable[..., Visitor]

NEW = "/reglages/versions/nouvelle"
FRIDAY = datetime(2026, 10, 23, 8, tzinfo=UTC)
GIVEN = {"label": "Avenant d’automne", "starts_on": "2026-11-02", "target_answer": "1 jour"}


def words_of(page: str) -> str:
    main = BeautifulSoup(page, "html.parser").main
    assert main is not None
    return " ".join(main.get_text(" ").split())


def versions() -> list[ConventionVersion]:
    with reading() as session:
        return list(session.scalars(select(ConventionVersion).order_by(ConventionVersion.number)))


def test_r_clk_7_a_version_is_previewed_then_begins_on_its_day(world: World, logged_in: LogIn) -> None:
    with clock.driven(lambda: FRIDAY - timedelta(days=3)):
        answered = a_submitted_ticket(world.cdas_agent)
    with clock.driven(lambda: FRIDAY - timedelta(hours=20)):
        perform(world.caf_agent, answered.reference, "take", {})
        given = {"outcome": "restored", "text": "Versement fait."}
        perform(world.caf_agent, answered.reference, "answer", given)
    with clock.driven(lambda: FRIDAY):
        before = a_submitted_ticket(world.cdas_agent)
        admin = logged_in("admin")
        preview = words_of(admin.post(NEW, GIVEN).text)
        assert "Objectif de réponse 2 jours ouvrés 1 jour ouvré" in preview
        assert "Sur 1 délai terminé en 90 jours, 1 étaient dans le délai ; avec cette version, 0." in preview
        assert "1 demande ouverte garde" in preview or "2 demandes ouvertes gardent" in preview
        assert len(versions()) == 1, "a preview keeps nothing"
        kept = admin.post(NEW, GIVEN | {"keep": "1"})
        page = words_of(admin.get(kept.location).text)
        assert "La version n° 2 commencera le lundi 2 novembre 2026 à 0 h 00." in page
        assert "À venir" in page
    with clock.driven(lambda: datetime(2026, 11, 1, 22, 59, 59, tzinfo=UTC)):
        last_of_the_old = a_submitted_ticket(world.cdas_agent)
    with clock.driven(lambda: datetime(2026, 11, 1, 23, 0, tzinfo=UTC)):
        first_of_the_new = a_submitted_ticket(world.cdas_agent)
    with reading() as session:
        known = reference(session)
        kept_versions = [
            session.get_one(Ticket, one.id).convention_version
            for one in (answered, before, last_of_the_old, first_of_the_new)
        ]
        assert kept_versions == [1, 1, 1, 2]
        assert known.values_of(2).target("answer") == Target(1, "days")


def test_a_version_is_withdrawn_before_it_begins_and_never_after(logged_in: LogIn) -> None:
    with clock.driven(lambda: FRIDAY):
        admin = logged_in("admin")
        admin.post(NEW, GIVEN | {"keep": "1"})
        again = admin.post(NEW, GIVEN | {"keep": "1"})
        assert again.status_code == 409
        assert "Une version est déjà prévue pour le 2 novembre 2026" in words_of(again.text)
        assert "Avenant d’automne" in again.text, "what was typed stays"
        gone = admin.post("/reglages/versions/2/retirer")
        assert "est retirée" in words_of(admin.get(gone.location).text)
        assert len(versions()) == 1
        admin.post(NEW, GIVEN | {"keep": "1"})
    with clock.driven(lambda: datetime(2026, 11, 3, 9, tzinfo=UTC)):
        admin = logged_in("admin")
        assert admin.post("/reglages/versions/2/retirer").status_code == 409
        assert admin.post("/reglages/versions/7/retirer").status_code == 404
        assert len(versions()) == 2
        assert "En vigueur" in words_of(admin.get("/reglages/versions/2").text)
        assert "Remplacée" in words_of(admin.get("/reglages/versions/1").text)


def test_a_setting_changed_meanwhile_goes_into_the_planned_version_unless_it_changes_it(
    logged_in: LogIn,
) -> None:
    with clock.driven(lambda: FRIDAY):
        admin = logged_in("admin")
        admin.post(NEW, GIVEN | {"keep": "1"})
    with clock.driven(lambda: FRIDAY + timedelta(minutes=5)):
        admin = logged_in("admin")
        assert sent(admin, "target_take", "3 jours").status_code == 303
    with clock.driven(lambda: FRIDAY + timedelta(minutes=9)):
        assert sent(logged_in("admin"), "target_answer", "5 jours").status_code == 303
    with reading() as session:
        planned = reference(session).values_of(2)
    assert (planned.target("take"), planned.target("answer")) == (Target(3, "days"), Target(1, "days"))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"label": " "}, "Donnez un nom à cette version"),
        ({"label": "x" * 121}, "120 caractères au plus"),
        ({"label": "1 85 05 78 006 084 91"}, "numéro de sécurité sociale"),
        ({"starts_on": "2026-10-23"}, "Choisissez un jour à venir"),
        ({"starts_on": "2031-01-01"}, "Choisissez un jour à venir"),
        ({"starts_on": "demain"}, "Choisissez un jour à venir"),
        ({"target_answer": "bientôt"}, "Indiquez un nombre d’heures ou de jours ouvrés"),
        ({"target_answer": "2 jours"}, "Cette version ne change rien"),
    ],
)
@pytest.mark.parametrize("step", [{}, {"keep": "1"}], ids=["preview", "keep"])
def test_what_can_not_be_is_refused_and_stays_on_the_page(
    logged_in: LogIn, changes: dict[str, str], sentence: str, step: dict[str, str]
) -> None:
    with clock.driven(lambda: FRIDAY):
        answer = logged_in("admin").post(NEW, GIVEN | changes | step)
        assert answer.status_code == 422
        assert sentence in answer.text
        form = BeautifulSoup(answer.text, "html.parser")
        for name, typed in (GIVEN | changes).items():
            field = form.select_one(f"[name={name}]")
            assert field is not None
            assert field["value"] == typed, name
        assert len(versions()) == 1


def test_the_definition_is_tried_on_the_requests_of_the_last_months(world: World, logged_in: LogIn) -> None:
    with clock.driven(lambda: FRIDAY):
        a_submitted_ticket(world.cdas_agent, benefit="rsa")
        shown = logged_in("admin").post(
            NEW, {"label": "Autre décompte", "starts_on": "2026-11-02", "three_months_from": "first_missed"}
        )
        assert "Sur 1 demande envoyée en 90 jours, 1 étaient des urgences définies" in words_of(shown.text)


def test_only_the_administration_plans_and_others_read(logged_in: LogIn) -> None:
    for role in Role:
        visitor = logged_in(role.value)
        reads = role in (Role.ADMIN, Role.STEERING, Role.AUDITOR)
        assert visitor.get("/reglages/versions/1").status_code == (200 if reads else 403), role
        if role is not Role.ADMIN:
            assert visitor.get(NEW).status_code == 403, role
            assert visitor.post(NEW, GIVEN | {"keep": "1"}).status_code == 403, role
            assert visitor.post("/reglages/versions/1/retirer").status_code == 403, role
    assert logged_in("admin").get("/reglages/versions/9").status_code == 404
    assert len(versions()) == 1
