"""« Calendriers » and the state of the line: who reads, who changes, what is refused, what is shown first."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from service import clock
from service.database import reading
from service.models import CalendarHours, Closure, SettingChange
from service.permissions import HOLDERS, Permission, Role
from service.queries.reference import reference
from service.workflows.business_time import Slot
from service.workflows.calendars import SERVICE_WEEKLY_HOURS
from service.workflows.french import PARIS
from tests.factories import World, a_submitted_ticket
from tests.pages.conftest import Visitor

LogIn = Callable[..., Visitor]
NOW = datetime(2026, 11, 5, 9, 0, tzinfo=UTC)
"""A Thursday, ten o'clock in Paris; the line is open."""


@pytest.fixture(autouse=True)
def _a_thursday() -> Iterator[None]:
    with clock.driven(lambda: NOW):
        yield


def main_of(response: TestResponse) -> Tag:
    main = BeautifulSoup(response.text, "html.parser").select_one("main")
    assert main is not None
    return main


def text_of(response: TestResponse) -> str:
    return " ".join(main_of(response).get_text(" ").split())


def typed(form: Tag) -> dict[str, str]:
    """What a browser would send of a form as it opens."""
    return {
        str(one["name"]): str(one.get("value", ""))
        for one in form.select("input[name]")
        if one.get("type") not in ("checkbox", "radio") or one.has_attr("checked")
    }


def hours_typed(visitor: Visitor, code: str, **changes: str) -> dict[str, str]:
    form = main_of(visitor.get(f"/calendriers/{code}/horaires")).select_one("form.card")
    assert form is not None
    return {**typed(form), "starts_on": "2026-11-09", **changes}


def send_hours(visitor: Visitor, code: str, act: str = "keep", **changes: str) -> TestResponse:
    return visitor.post(
        f"/calendriers/{code}/horaires", {**hours_typed(visitor, code, **changes), "act": act}
    )


def send_exception(visitor: Visitor, code: str, **changes: str) -> TestResponse:
    form = main_of(visitor.get(f"/calendriers/{code}")).select_one("form.form")
    assert form is not None
    given = {"starts": "2026-11-10", "ends": "2026-11-10", "reason": "Réunion de service", **changes}
    return visitor.post(f"/calendriers/{code}/exceptions", {**typed(form), **given})


def count(model: Any) -> int:
    with reading() as session:
        return len(session.scalars(select(model)).all())


# ---------------------------------------------------------------- who
def test_who_reads_who_changes_and_whose(logged_in: LogIn, world: World) -> None:
    """The matrix of roles.md: own hours, all of them, to read only, or nothing."""
    for role in Role:
        visitor, own = logged_in(role.value), world.by_role[role].unit_id
        reads = role in HOLDERS[Permission.READ_CALENDARS]
        for code in (own, "cdas-vitre", "line", "services"):
            page = visitor.get(f"/calendriers/{code}")
            assert page.status_code == (200 if reads else 403), (role, code)
            changes = role is Role.ADMIN or (role in HOLDERS[Permission.CHANGE_CALENDARS] and code == own)
            if reads:
                offered = main_of(page).select_one("form.form, a[href$=horaires]") is not None
                assert offered is changes, (role, code)
            answer = visitor.get(f"/calendriers/{code}/horaires")
            assert (answer.status_code == 200) is changes, (role, code)
            if not changes:
                for path in ("horaires", "exceptions"):
                    refused = visitor.post(
                        f"/calendriers/{code}/{path}",
                        {
                            "act": "keep",
                            "starts_on": "2026-12-01",
                            "ends": "2026-12-01",
                            "reason": "x",
                            "kind": "closure",
                        },
                    )
                    assert refused.status_code in {403, 422}, (role, code, path)
    assert (count(CalendarHours), count(Closure), count(SettingChange)) == (0, 0, 0)
    assert logged_in("admin").get("/calendriers/nowhere").status_code == 404


def test_the_list_says_state_hours_followers_and_next_closures(logged_in: LogIn) -> None:
    said = text_of(logged_in("auditor").get("/calendriers"))
    assert "Ouverte jusqu’à 12 h 00" in said
    assert "9 h 00 – 12 h 00 et 14 h 00 – 16 h 00" in said
    assert re.search(r"\d\d services le suivent", said)
    assert "Mercredi 11 novembre 2026 Jour férié : Armistice" in said
    assert "CDAS Pays de Redon" in said
    assert "ne sont connues que" not in said


def test_r_cal_1_six_months_before_the_school_holidays_run_out_every_reader_is_warned(
    logged_in: LogIn,
) -> None:
    with clock.driven(lambda: datetime(2028, 4, 3, 9, 0, tzinfo=UTC)):
        admin = logged_in("admin")
        for path in ("/calendriers", "/calendriers/line"):
            assert "ne sont connues que jusqu’au 31 août 2028" in text_of(admin.get(path))
    with clock.driven(lambda: datetime(2029, 4, 3, 9, 0, tzinfo=UTC)):
        admin = logged_in("admin")
        assert "Horaires inconnus" in text_of(admin.get("/calendriers"))
        assert admin.get("/calendriers/line").status_code == 200
        assert "Horaires inconnus" in text_of(admin.get("/etat-de-la-ligne"))


# ---------------------------------------------------------------- one calendar
def test_r_cal_1_a_month_says_of_each_day_whether_it_opens_and_why_not(logged_in: LogIn) -> None:
    steering = logged_in("steering")

    def days(code: str, month: str) -> dict[str, str]:
        page = main_of(steering.get(f"/calendriers/{code}?mois={month}"))
        cells = page.select(".month td:not(.outside)")
        return {str(one.select_one("time")["datetime"]): " ".join(one.get_text(" ").split()) for one in cells}

    november = days("line", "2026-11")
    assert len(november) == 30
    assert november["2026-11-05"] == "Jeudi 5 9 h 00 – 12 h 00 14 h 00 – 16 h 00"
    assert november["2026-11-07"] == "Samedi 7 Fermé"
    assert november["2026-11-11"] == "Mercredi 11 Fermé Jour férié : Armistice"
    assert days("line", "2026-12")["2026-12-21"] == "Lundi 21 Fermé Vacances scolaires de Noël, zone B"
    assert days("services", "2026-12")["2026-12-21"].startswith("Lundi 21 8 h 30")
    for odd in ("2026-13", "2020-01", "2040-01", "../x"):
        assert "2026-11-05" in days("line", odd), "outside the two school years: this month"
    said = text_of(steering.get("/calendriers/line"))
    for known in (
        "Année scolaire 2026-2027",
        "Année scolaire 2027-2028",
        "Lundi de Pâques",
        "Vacances scolaires d’hiver",
    ):
        assert known in said


# ---------------------------------------------------------------- weekly hours
def test_hours_are_shown_before_they_are_kept_then_said_and_can_be_taken_back(
    logged_in: LogIn, world: World
) -> None:
    ticket = a_submitted_ticket(world.cdas_agent)
    assert ticket.next_step_unit_id is not None
    visitor = logged_in({"caf-secretariat": "caf_secretariat"}.get(ticket.next_step_unit_id, "caf_lead"))
    code = ticket.next_step_unit_id
    shown = send_hours(visitor, code, "preview", day_2_opens_2="", day_2_closes_2="")
    said = text_of(shown)
    assert shown.status_code == 200
    assert "Mercredi 8 h 30 – 12 h 15 et 13 h 15 – 17 h 00 8 h 30 – 12 h 15 Change" in said
    assert "37 h 30 par semaine 33 h 45 par semaine Change" in said
    assert (
        "Lundi 8 h 30 – 12 h 15 et 13 h 15 – 17 h 00 8 h 30 – 12 h 15 et 13 h 15 – 17 h 00 Comme avant"
        in said
    )
    assert "Une demande en cours a son échéance comptée dans ces horaires" in said
    assert count(CalendarHours) == 0
    form = main_of(shown).select_one("form.form")
    assert form is not None
    back = visitor.post(f"/calendriers/{code}/horaires", {**typed(form), "act": "edit"})
    again = main_of(back).select_one("form.card")
    assert again is not None
    assert typed(again)["day_2_opens_2"] == ""
    assert typed(again)["starts_on"] == "2026-11-09"
    kept = visitor.post(f"/calendriers/{code}/horaires", {**typed(form), "act": "keep"})
    assert kept.status_code == 303
    page = visitor.get(kept.location)
    said = text_of(page)
    assert "Nouveaux horaires à partir du lundi 9 novembre 2026." in said
    assert "Changements prévus À partir du lundi 9 novembre 2026" in said
    assert (
        "le mercredi, 8 h 30 – 12 h 15 ; du jeudi au vendredi, 8 h 30 – 12 h 15 et 13 h 15 – 17 h 00" in said
    )
    with reading() as session:
        hours = reference(session).hours_of(code)
    assert Slot(2, time(13, 15), time(17)) not in hours.weekly_on(date(2026, 11, 9))
    undo = main_of(page).select_one(".flash form")
    assert undo is not None
    assert "est retiré" in text_of(visitor.get(visitor.post(str(undo["action"])).location))
    with reading() as session:
        assert reference(session).hours_of(code).weekly_on(date(2026, 11, 9)) == SERVICE_WEEKLY_HOURS
    history = [
        " ".join(row.get_text(" ").split())
        for row in main_of(visitor.get(f"/calendriers/{code}")).select("#historique tbody tr")
    ]
    assert len(history) == 2
    assert "horaires jusqu’ici partagés : « Services »" in history[1].replace("\u00a0", " ")
    assert "Changement retiré avant son début" in history[0]


EMPTY = {
    f"day_{day}_{edge}_{slot}": "" for day in range(5) for edge in ("opens", "closes") for slot in (1, 2)
}
REFUSED: tuple[tuple[dict[str, str], str], ...] = (
    ({"starts_on": "2026-11-05"}, "Choisissez un jour après aujourd’hui"),
    ({"starts_on": ""}, "Cette réponse manque."),
    ({"starts_on": "demain"}, "Cette date n’existe pas"),
    ({"day_0_closes_1": "08:00"}, "La fermeture vient avant l’ouverture."),
    ({"day_0_closes_1": ""}, "Donnez l’ouverture et la fermeture"),
    ({"day_0_opens_2": "11:00"}, "Les deux plages de ce jour se chevauchent."),
    ({"day_0_opens_1": "25:00"}, "Cette heure n’existe pas"),
    (EMPTY, "n’ouvrirait jamais"),
)


def test_hours_that_can_not_be_are_refused_and_nothing_typed_is_lost(logged_in: LogIn) -> None:
    admin = logged_in("admin")
    for changes, sentence in REFUSED:
        for act in ("preview", "keep"):
            answer = send_hours(admin, "services", act, **changes)
            assert answer.status_code == 422, changes
            summary = main_of(answer).select_one("[data-error-summary]")
            assert summary is not None
            assert sentence in summary.get_text(), changes
            form = main_of(answer).select_one("form.card")
            assert form is not None
            held = typed(form)
            assert all(held[name] == value for name, value in changes.items()), changes
            for link in summary.select("a"):
                assert main_of(answer).select_one(f"[id='{str(link['href'])[1:]}']") is not None, link
    assert count(CalendarHours) == 0


def test_a_calendar_changed_meanwhile_is_not_changed_blindly(logged_in: LogIn) -> None:
    admin = logged_in("admin")
    old = hours_typed(admin, "services", starts_on="2026-12-01")
    send_hours(admin, "services")
    answer = admin.post("/calendriers/services/horaires", {**old, "act": "keep"})
    assert answer.status_code == 409
    assert "ont changé depuis" in text_of(answer)
    form = main_of(answer).select_one("form.card")
    assert form is not None
    assert typed(form)["starts_on"] == "2026-12-01"
    assert count(CalendarHours) == 1


def test_what_was_typed_before_the_session_ended_comes_back_and_does_nothing(logged_in: LogIn) -> None:
    admin = logged_in("admin")
    answer = admin.post(
        "/calendriers/line/horaires", {**hours_typed(admin, "line"), "act": "keep", "_refill": "1"}
    )
    assert answer.status_code == 200
    form = main_of(answer).select_one("form.card")
    assert form is not None
    assert typed(form)["starts_on"] == "2026-11-09"
    assert count(CalendarHours) == 0


# ---------------------------------------------------------------- closures
def test_a_closure_is_added_shown_and_taken_back(logged_in: LogIn) -> None:
    head = logged_in("cdas_head")
    answer = send_exception(head, "cdas-redon")
    assert answer.status_code == 303
    page = head.get(answer.location)
    said = text_of(page)
    assert "La fermeture est notée." in said
    assert "Fermeture Le mardi 10 novembre 2026 Réunion de service" in said
    assert "Mardi 10 Fermé Réunion de service" in said
    undo = main_of(page).select_one(".flash form")
    assert undo is not None
    assert "La période est retirée." in text_of(head.get(head.post(str(undo["action"])).location))
    assert count(Closure) == 0


def test_a_closure_from_now_on_is_ended_and_times_are_those_of_paris(logged_in: LogIn) -> None:
    admin = logged_in("admin")
    assert send_exception(admin, "line", starts="", ends="2026-11-05", ends_time="11:30").status_code == 303
    with reading() as session:
        row = session.scalars(select(Closure)).one()
    assert (row.starts_at, row.ends_at) == (NOW, datetime(2026, 11, 5, 11, 30, tzinfo=PARIS))
    assert "Fermée Jusqu’à 11 h 30 (Réunion de service)" in text_of(
        Visitor(admin.client.application).get("/etat-de-la-ligne")
    )
    with clock.driven(lambda: NOW + timedelta(minutes=10)):
        page = main_of(admin.get("/calendriers/line"))
        button = page.select_one("#exceptions .row-action form")
        assert button is not None
        assert "Terminer maintenant" in button.get_text()
        said = text_of(admin.get(admin.post(str(button["action"])).location))
        assert "La période est terminée." in said
        assert "Ouverte" in text_of(admin.get("/etat-de-la-ligne"))


def test_closures_that_can_not_be_are_refused_and_nothing_typed_is_lost(logged_in: LogIn) -> None:
    admin = logged_in("admin")
    for changes, sentence in (
        ({"starts": "2026-11-04"}, "Ce début est passé"),
        ({"ends": "2026-11-09"}, "La fin vient avant le début."),
        ({"reason": ""}, "Cette réponse manque."),
        ({"reason": "pour 1 85 05 78 006 084 91"}, "sécurité sociale"),
        ({"starts": "", "starts_time": "11:00"}, "Donnez aussi le premier jour."),
    ):
        answer = send_exception(admin, "services", **changes)
        assert answer.status_code == 422, changes
        assert sentence in text_of(answer), changes
        form = main_of(answer).select_one("form.form")
        assert form is not None
        assert all(typed(form)[name] == value for name, value in changes.items())
    assert count(Closure) == 0


# ---------------------------------------------------------------- the state of the line
def test_r_ud_3_anybody_sees_the_state_of_the_line_and_nobody_its_number(
    app: Flask, visitor: Visitor, world: World
) -> None:
    with reading() as session:
        number = reference(session).settings.text("line_number")
    assert number
    page = visitor.get("/etat-de-la-ligne")
    said = text_of(page)
    assert page.status_code == 200
    assert "Ouverte Jusqu’à 12 h 00" in said
    assert "Du lundi au vendredi, 9 h 00 – 12 h 00 et 14 h 00 – 16 h 00" in said
    assert "Mercredi 11 novembre 2026 Jour férié : Armistice" in said
    assert "Du lundi 21 décembre 2026 au vendredi 1er janvier 2027 Vacances scolaires de Noël, zone B" in said
    assert number not in page.text
    assert "tel:" not in page.text
    assert page.headers["Cache-Control"] == "no-store"
    with clock.driven(lambda: datetime(2026, 12, 18, 20, 0, tzinfo=UTC)):
        said = text_of(visitor.get("/etat-de-la-ligne"))
        assert "Fermée Jusqu’au lundi 4 janvier 2027 à 9 h 00" in said
        assert "vacances scolaires de Noël" in said
    assert main_of(visitor.get("/connexion")).select_one("a[href='/etat-de-la-ligne']") is not None
