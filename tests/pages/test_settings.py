"""« Réglages »: read by some, changed by the administration, one at a time, with its history (R-CLK-7)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bs4 import BeautifulSoup, Tag
from sqlalchemy import select
from werkzeug.test import TestResponse

from service import clock
from service.database import reading
from service.models import ConventionVersion, SettingChange
from service.permissions import HOLDERS, Permission, Role
from service.queries.reference import reference
from service.workflows.deadlines import Target
from service.workflows.settings import SETTINGS, Setting, Value, Values, in_words, to_text
from tests.factories import World, a_submitted_ticket
from tests.pages.conftest import Visitor

LogIn = Callable[..., Visitor]

OTHER: dict[str, str] = {
    "families_notice_on": "2027-01-04",
    "retention_on": "oui",
    "three_months_from": "first_missed",
    "strong_decrease_threshold_percent": "30",
    "reminder_percent": "60",
    "last_resort_address": "permanence@departement.example",
    "direct_channel": "non",
    "urgent_triage_unit": "caf_prestations",
    "line_number": "02 00 00 00 01 (numéro inventé)",
    "caf_contact_url": "https://caf.example/contact",
    "cdap_url": "https://cdap.example/",
    "convention_starts_on": "2025-01-15",
    "convention_ends_on": "2029-12-31",
    "convention_renews": "non",
    "pays": "Pays d’Exemple, Pays de Démo",
}
"""Another value for those that are neither a target nor a number of days."""


def another(setting: Setting) -> str:
    return OTHER.get(setting.key, "9 jours" if setting.kind == "target" else "21")


def main_of(response: TestResponse) -> Tag:
    main = BeautifulSoup(response.text, "html.parser").select_one("main")
    assert main is not None
    return main


def text_of(response: TestResponse) -> str:
    return " ".join(main_of(response).get_text(" ").split())


def sent(visitor: Visitor, key: str, value: str, **more: str) -> TestResponse:
    """The form of a Setting as it opens, with another value."""
    form = main_of(visitor.get(f"/reglages/{key}")).select_one("form.card")
    assert form is not None
    kept = {str(one["name"]): str(one.get("value", "")) for one in form.select("input[type=hidden]")}
    return visitor.post(f"/reglages/{key}", {**kept, "value": value, **more})


def present(key: str) -> Value:
    with reading() as session:
        known = reference(session)
        return known.values_of(known.version_at(clock.now()).number)[key]


def undo_address(response: TestResponse) -> str:
    form = main_of(response).select_one(".flash form")
    assert form is not None, "no undo is offered"
    return str(form["action"])


# ---------------------------------------------------------------- reading
def test_who_reads_and_who_changes(logged_in: LogIn) -> None:
    """Steering and audit read, the administration changes, nobody else comes in."""
    for role in Role:
        visitor = logged_in(role.value)
        reads, changes = (
            role in HOLDERS[permission]
            for permission in (Permission.READ_SETTINGS, Permission.CHANGE_SETTINGS)
        )
        for url in ("/reglages", "/reglages/target_take"):
            assert visitor.get(url).status_code == (200 if reads else 403), role
        if reads:
            offered = main_of(visitor.get("/reglages/target_take")).select_one("form") is not None
            assert offered is changes, role
        if not changes:
            assert visitor.post("/reglages/target_take", {"value": "3 jours"}).status_code == 403, role
    assert present("target_take") == Target(1, "days")


def test_every_setting_is_shown_in_words_with_rule_and_marks(logged_in: LogIn) -> None:
    page = main_of(logged_in("steering").get("/reglages"))
    rows = {row.select_one("th strong").get_text(): row for row in page.select("tbody tr:has(td.row-action)")}
    assert set(rows) == {setting.label for setting in SETTINGS}
    for setting in SETTINGS:
        row = " ".join(rows[setting.label].get_text(" ").split())
        assert in_words(setting, setting.default) in row
        assert setting.rule in row
        assert ("(notre choix)" in row) is setting.ours
        assert ("les demandes déjà ouvertes gardent leur version" in row) is setting.versioned
        assert setting.help in row


def test_an_unknown_setting_is_not_found(logged_in: LogIn) -> None:
    admin = logged_in("admin")
    assert admin.get("/reglages/unknown").status_code == 404
    assert admin.post("/reglages/unknown", {"value": "1"}).status_code == 404


# ---------------------------------------------------------------- changing
def test_each_setting_can_be_changed_from_its_own_form(logged_in: LogIn) -> None:
    admin, start = logged_in("admin"), clock.now()
    for number, setting in enumerate(SETTINGS, 1):
        with clock.driven(lambda number=number: start + timedelta(minutes=number)):  # type: ignore[misc]
            answer = sent(admin, setting.key, another(setting))
            assert answer.status_code == 303, setting.key
            now = present(setting.key)
            assert now != setting.default, setting.key
            said = text_of(admin.get(answer.location))
            assert f"« {setting.label} » vaut maintenant « {in_words(setting, now)} »." in said
            assert f"par défaut : {in_words(setting, setting.default)}" in said
            again = main_of(admin.get(f"/reglages/{setting.key}"))
            value = again.select_one("input[name=value]:checked, input[name=value]:not([type=radio])")
            assert value is not None
            assert value["value"] == to_text(now), setting.key


def test_r_clk_7_a_versioned_setting_begins_a_version_and_leaves_opened_requests_theirs(
    world: World, logged_in: LogIn
) -> None:
    start = datetime(2026, 10, 23, 8, 0, tzinfo=UTC)
    with clock.driven(lambda: start):
        before = a_submitted_ticket(world.cdas_agent)
    with clock.driven(lambda: start + timedelta(minutes=10)):
        admin = logged_in("admin")
        said = text_of(admin.get(sent(admin, "target_triage", "1 heure").location))
        after = a_submitted_ticket(world.cdas_agent)
        assert "celles déjà ouvertes gardent leur version" in said
        assert "n° 2 Réglages du vendredi 23 octobre 2026" in said
        with reading() as session:
            known = reference(session)
            assert known.values_of(before.convention_version).target("triage") == Target(4, "hours")
            assert known.values_of(after.convention_version).target("triage") == Target(1, "hours")
        assert "En vigueur" in said


def test_a_setting_of_the_house_makes_no_version(logged_in: LogIn) -> None:
    admin = logged_in("admin")
    said = text_of(admin.get(sent(admin, "auto_close_days", "12").location))
    assert "dès maintenant, pour toutes les demandes" in said
    assert present("auto_close_days") == 12
    with reading() as session:
        assert len(session.scalars(select(ConventionVersion)).all()) == 1


def test_the_history_says_who_when_from_what_to_what(world: World, logged_in: LogIn) -> None:
    start = datetime(2026, 10, 23, 8, 0, tzinfo=UTC)
    for minutes, value in ((0, "12"), (5, "8")):
        with clock.driven(lambda minutes=minutes: start + timedelta(minutes=minutes)):  # type: ignore[misc]
            admin = logged_in("admin")
            sent(admin, "auto_close_days", value)
            page = main_of(admin.get("/reglages/auto_close_days"))
    rows = [" ".join(row.get_text(" ").split()) for row in page.select("#historique tbody tr")]
    assert rows == [
        f"Aujourd’hui à 10 h 05 12 jours ouvrés 8 jours ouvrés {world.admin.name}",
        f"Aujourd’hui à 10 h 00 10 jours ouvrés 12 jours ouvrés {world.admin.name}",
    ]
    with clock.driven(lambda: start + timedelta(days=1)):
        assert "Hier à 10 h 05" in text_of(logged_in("auditor").get("/reglages"))


def test_the_same_value_changes_nothing_and_says_so(logged_in: LogIn) -> None:
    admin = logged_in("admin")
    said = text_of(admin.get(sent(admin, "auto_close_days", "10").location))
    assert "Rien n’a changé" in said
    with reading() as session:
        assert session.scalars(select(SettingChange)).all() == []


def test_a_control_character_is_left_out(logged_in: LogIn) -> None:
    sent(logged_in("admin"), "line_number", "02 00 00\0 00 01")
    assert present("line_number") == "02 00 00 00 01"


# ---------------------------------------------------------------- refused
REFUSED: tuple[tuple[str, str, str], ...] = (
    ("target_answer", "bientôt", "Indiquez un nombre d’heures ou de jours ouvrés"),
    ("auto_close_days", "0", "Indiquez un nombre entier de 1 à 365."),
    ("auto_close_days", "", "Indiquez un nombre entier de 1 à 365."),
    ("strong_decrease_threshold_percent", "150", "Indiquez un nombre entier de 1 à 100."),
    ("cdap_url", "javascript:alert(1)", "Indiquez une adresse web complète"),
    ("line_number", "", "Ce réglage ne peut pas être vide."),
    ("line_number", "0" * 201, "Ce réglage a 200 caractères au plus."),
    ("urgent_triage_unit", "cdas-redon", "Choisissez :"),
    ("line_number", "1 85 05 78 006 084 91", "numéro de sécurité sociale"),
    ("cdap_url", "https://cdap.example/185057800608491", "numéro de sécurité sociale"),
)


def test_a_value_that_can_not_be_is_refused_and_stays_on_the_page(logged_in: LogIn) -> None:
    admin = logged_in("admin")
    for key, typed, sentence in REFUSED:
        before = present(key)
        answer = sent(admin, key, typed)
        assert answer.status_code == 422, key
        page = main_of(answer)
        assert sentence in page.select_one("[data-error-summary]").get_text(), typed
        held = page.select_one("input[name=value]:not([type=radio])")
        assert held is None or held["value"] == typed
        assert present(key) == before


def test_two_administrators_at_once_the_second_sees_what_changed(logged_in: LogIn) -> None:
    admin = logged_in("admin")
    sent(admin, "auto_close_days", "12")
    answer = sent(admin, "auto_close_days", "15", seen="10")
    assert answer.status_code == 409
    said = text_of(answer)
    assert "il vaut maintenant « 12 jours ouvrés »" in said
    held = main_of(answer).select_one("input[name=value]")
    assert held is not None
    assert held["value"] == "15", "what was typed stays"
    assert present("auto_close_days") == 12


def test_r_clk_7_two_versions_can_not_begin_in_one_second(logged_in: LogIn) -> None:
    with clock.driven(lambda: datetime(2026, 10, 23, 8, 0, tzinfo=UTC)):
        admin = logged_in("admin")
        assert sent(admin, "target_triage", "1 heure").status_code == 303
        answer = sent(admin, "target_answer", "3 jours")
        assert answer.status_code == 409
        assert "Attendez une seconde" in text_of(answer)
        assert present("target_answer") == Target(2, "days")
    with clock.driven(lambda: datetime(2026, 10, 23, 8, 0, 1, tzinfo=UTC)):
        assert sent(admin, "target_answer", "3 jours").status_code == 303
        assert (present("target_triage"), present("target_answer")) == (Target(1, "hours"), Target(3, "days"))


def test_what_was_typed_before_the_session_ended_comes_back_and_does_nothing(logged_in: LogIn) -> None:
    answer = sent(logged_in("admin"), "auto_close_days", "13", _refill="1")
    assert answer.status_code == 200
    held = main_of(answer).select_one("input[name=value]")
    assert held is not None
    assert held["value"] == "13"
    assert present("auto_close_days") == 10


# ---------------------------------------------------------------- undone
def test_the_last_change_can_be_undone_once(logged_in: LogIn) -> None:
    start = datetime(2026, 10, 23, 8, 0, tzinfo=UTC)
    with clock.driven(lambda: start):
        admin = logged_in("admin")
        undo = undo_address(admin.get(sent(admin, "target_answer", "5 jours").location))
    with clock.driven(lambda: start + timedelta(seconds=30)):
        assert admin.post(undo).status_code == 303
        assert present("target_answer") == Target(2, "days")
        second = admin.post(undo)
        assert second.status_code == 409
        assert "encore changé depuis" in text_of(second)
        assert present("target_answer") == Target(2, "days")
    with reading() as session:
        changes = session.scalars(select(SettingChange).order_by(SettingChange.changed_at)).all()
    assert [(one.before, one.after) for one in changes] == [("2 days", "5 days"), ("5 days", "2 days")]


def test_an_undo_never_takes_back_somebody_elses_change(logged_in: LogIn) -> None:
    admin = logged_in("admin")
    undo = undo_address(admin.get(sent(admin, "auto_close_days", "12").location))
    sent(admin, "auto_close_days", "14")
    assert admin.post(undo).status_code == 409
    assert present("auto_close_days") == 14
    assert logged_in("steering").post(undo).status_code == 403


def test_the_defaults_are_those_of_the_table(world: World) -> None:
    with reading() as session:
        assert dict(reference(session).settings) == dict(Values())
