"""« Convention SIAO »: the register of the three parties, kept without anything about a person housed (R-SI)."""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from service import clock
from service.database import reading
from service.errors import GuardRefused, InvalidInput, NotPermitted
from service.models import SiAction, SiContact, SiStructure
from service.operations import si_actions, si_agreement, si_meetings, si_structures
from service.permissions import HOLDERS, Permission, Role
from tests.factories import REDON, World
from tests.pages.conftest import Visitor
from tests.pages.html import beside, text_of

Enter = Callable[..., Visitor]

PARIS = ZoneInfo("Europe/Paris")
TODAY = date(2026, 11, 20)
NIR = "2 85 07 35 238 042 61"
NAMES = {"caf": "Caf d’essai", "cpam": "Cpam d’essai", "siao": "SIAO d’essai"}
SHELTER = {
    "name": "Foyer d’essai des Tilleuls",
    "shelter": "centre",
    "commune_insee": REDON,
    "places": 30,
    "profiles": ["families"],
    "opened_on": date(2024, 1, 1),
}
PAGES = ("/siao", "/siao/structures", "/siao/actions", "/siao/bilan/2026", "/siao/bilan/2026/bilan.xlsx")
FORMS = ("/siao/convention", "/siao/contacts", "/siao/reunions", "/siao/liste", "/siao/actions/noter")


class Hand:
    """The clock's hand, set by the test."""

    instant = datetime(2026, 11, 20, 10, tzinfo=PARIS)


@pytest.fixture(autouse=True)
def hand() -> Iterator[Hand]:
    hand = Hand()
    with clock.driven(lambda: hand.instant):
        yield hand


def shelter(world: World, **changes: Any) -> str:
    return str(si_structures.add(world.si_referent, {**SHELTER, **changes}))


def action(world: World, structure: str, **changes: Any) -> str:
    usual = {
        "structure_id": structure,
        "held_on": TODAY,
        "kind": "recurring",
        "team": "joint",
        "people_met": 6,
    }
    given = {**usual, **changes}
    return str(si_actions.note(world.si_referent, {**given, "structure_id": UUID(structure)}))


# ---------------------------------------------------------------- who
def test_the_referent_keeps_it_steering_reads_it_nobody_else_opens_it(world: World, logged_in: Enter) -> None:
    """roles.md: `si_referent` has the register, steering the figures and documents; nobody else."""
    assert HOLDERS[Permission.READ_SI_REGISTER] == {Role.SI_REFERENT, Role.STEERING}
    one = f"/siao/structures/{shelter(world)}"
    for role in Role:
        visitor = logged_in(role.value)
        reads, keeps = role in HOLDERS[Permission.READ_SI_REGISTER], role is Role.SI_REFERENT
        for url in (*PAGES, one):
            assert visitor.get(url).status_code == (200 if reads else 403), (role, url)
        for url in (*FORMS, f"{one}/changer", f"{one}/priorite", f"{one}/modalites"):
            assert visitor.get(url).status_code == (200 if keeps else 403), (role, url)
        assert keeps or visitor.post("/siao/liste", token="").status_code == 403, role
        assert ("Convention SIAO" in visitor.get("/").text) == reads


def test_steering_sees_no_button_that_it_may_not_press(world: World, logged_in: Enter) -> None:
    structure = shelter(world)
    action(world, structure)
    steering = logged_in("steering")
    for url in (*PAGES[:4], f"/siao/structures/{structure}"):
        page = steering.get(url).text
        assert 'method="post"' not in page.partition("<main")[2].partition("</main>")[0]
        for word in ("Noter une action", "Noter la liste", "Compléter<", "Changer la priorité"):
            assert word not in page


def test_every_operation_asks_for_its_keeper(world: World) -> None:
    structure = UUID(shelter(world))
    acts: tuple[Callable[[], object], ...] = (
        lambda: si_agreement.sign(world.steering, {**NAMES, "signed_on": TODAY}),
        lambda: si_agreement.end(world.steering, structure, {}),
        lambda: si_agreement.name_contact(world.steering, {}),
        lambda: si_agreement.end_contact(world.steering, structure),
        lambda: si_structures.add(world.steering, SHELTER),
        lambda: si_structures.change(world.steering, structure, SHELTER),
        lambda: si_structures.refresh(world.steering, {}),
        lambda: si_structures.prioritise(world.steering, structure, {}),
        lambda: si_structures.agree(world.steering, structure, {}),
        lambda: si_actions.note(world.steering, {}),
        lambda: si_actions.change(world.steering, structure, {}),
        lambda: si_actions.withdraw(world.steering, structure),
        lambda: si_meetings.note(world.steering, {}),
        lambda: si_meetings.evaluate(world.steering, 2026, {}),
    )
    for act in acts:
        with pytest.raises(NotPermitted):
            act()


@pytest.mark.parametrize("url", ["/siao/structures/{}", "/siao/actions/{}", "/siao/reunions/{}"])
def test_what_is_not_there_is_not_found(logged_in: Enter, url: str) -> None:
    nobody = "00000000-0000-7000-8000-000000000000"
    assert logged_in("si_referent").get(url.format(nobody)).status_code == 404
    assert logged_in("si_referent").get("/siao/bilan/2027").status_code == 404


# ---------------------------------------------------------------- the agreement and its people
def test_an_agreement_is_signed_renewed_and_ended_by_one_party(logged_in: Enter) -> None:
    """Art. 12: one year, tacit renewal, ended by one party's letter; both dates are put forward."""
    referent = logged_in("si_referent")
    assert "Aucune convention notée" in referent.get("/siao").text
    assert referent.post("/siao/convention", {**NAMES, "signed_on": "2026-01-10"}).status_code == 303
    page = referent.get("/siao")
    assert "La convention se renouvelle d’elle-même pour un an le 10 janvier 2027" in text_of(page)
    again = referent.post("/siao/convention", {**NAMES, "signed_on": "2026-10-01"})
    assert again.status_code == 422
    assert "encore en vigueur" in beside(again, "signed_on")
    end = re.search(r"/siao/convention/[0-9a-f-]+/fin", page.text)
    assert end is not None
    letter = {"ended_by": "cpam", "notice_on": "2026-11-02", "ends_on": "2027-01-31"}
    assert referent.post(end[0], letter).status_code == 303
    assert referent.post(end[0], letter).status_code == 409
    said = text_of(referent.get("/siao"))
    assert "La convention prend fin le 31 janvier 2027." in said
    assert "Cpam, courrier du 2 novembre 2026" in said
    assert referent.post("/siao/convention", {**NAMES, "signed_on": "2026-11-20"}).status_code == 422


def test_each_party_has_one_referent_and_the_register_keeps_those_before(
    world: World, logged_in: Enter
) -> None:
    """Art. 4-1: one local referent per party; partners are several."""
    referent = logged_in("si_referent")
    given = {
        "role": "siao",
        "name": "Essai Premier",
        "email": "siao@essai.example",
        "starts_on": "2026-01-05",
    }
    assert referent.post("/siao/contacts", given).status_code == 303
    assert (
        referent.post(
            "/siao/contacts", {**given, "name": "Essai Seconde", "starts_on": "2026-06-01"}
        ).status_code
        == 303
    )
    said = text_of(referent.get("/siao"))
    assert "Essai Seconde depuis le 1er juin 2026" in said
    assert "Essai Premier, SIAO du 5 janvier 2026 au 1er juin 2026" in said
    earlier = referent.post("/siao/contacts", {**given, "name": "Trop Tôt", "starts_on": "2026-03-01"})
    assert "Essai Seconde est référent depuis le 1er juin 2026" in beside(earlier, "starts_on")
    partner = {"role": "partner", "name": "Essai Ccas", "starts_on": "2026-06-01"}
    assert "de quel partenaire" in beside(referent.post("/siao/contacts", partner), "organisation")
    for name in ("Essai Un", "Essai Deux"):
        kept = referent.post("/siao/contacts", {**partner, "name": name, "organisation": "CCAS d’essai"})
        assert kept.status_code == 303
    with reading() as session:
        one = session.scalars(select(SiContact).where(SiContact.name == "Essai Un")).one()
    assert referent.post(f"/siao/contacts/{one.id}/fin").status_code == 303
    assert "Essai Un, CCAS d’essai du 1er juin 2026 au 20 novembre 2026" in text_of(referent.get("/siao"))
    with pytest.raises(GuardRefused):
        si_agreement.end_contact(world.si_referent, one.id)


def test_committees_are_held_twice_a_year_or_shown_late(logged_in: Enter) -> None:
    """Art. 6: who was present by party, the decisions; late, it is put forward."""
    referent = logged_in("si_referent")
    referent.post("/siao/convention", {**NAMES, "signed_on": "2026-01-10"})
    assert "devait se réunir avant le 10 juillet 2026" in text_of(referent.get("/siao"))
    given: dict[str, Any] = {
        "kind": "committee",
        "held_on": "2026-11-12",
        "decisions": "Commencer par les hôtels.",
    }
    alone = referent.post("/siao/reunions", given)
    assert alone.status_code == 422
    assert "Commencer par les hôtels." in alone.text
    assert referent.post("/siao/reunions", {**given, "present": ["caf", "siao", "ddets"]}).status_code == 303
    said = text_of(referent.get("/siao"))
    assert "devait se réunir" not in said
    assert "Présents : Caf, SIAO, DDETS Commencer par les hôtels." in said
    change = re.search(r"/siao/reunions/[0-9a-f-]+", referent.get("/siao").text)
    assert change is not None
    assert "2026-11-12" in referent.get(change[0]).text
    assert referent.post(change[0], {**given, "present": ["caf", "cpam"]}).status_code == 303
    assert "Présents : Caf, Cpam" in text_of(referent.get("/siao"))


# ---------------------------------------------------------------- the list
def test_a_structure_is_entered_prioritised_agreed_with_changed_and_closed(logged_in: Enter) -> None:
    """Art. 4-4, 1 to 4: what the SIAO says of it, the joint priority, the terms, interpreter included."""
    referent = logged_in("si_referent")
    given: dict[str, Any] = {
        "name": "Hôtel d’essai",
        "shelter": "hotel",
        "commune_insee": REDON,
        "places": "18",
        "profiles": ["families", "asylum"],
        "social_workers": "no",
        "opened_on": "2026-02-01",
    }
    wrong = referent.post("/siao/structures/ajouter", {**given, "places": "beaucoup", "commune_insee": ""})
    assert wrong.status_code == 422
    assert "nombre entier" in beside(wrong, "places")
    assert "Hôtel d’essai" in wrong.text
    made = referent.post("/siao/structures/ajouter", given)
    assert made.status_code == 303
    one = made.headers["Location"]
    priority = {"priority": "first", "priority_reason": "Aucun travailleur social sur place."}
    assert referent.post(f"{one}/priorite", priority).status_code == 303
    terms = {
        "wish": "wanted",
        "terms": "Salle du petit déjeuner.",
        "interpreter": "telephone",
        "terms_on": "2026-03-02",
    }
    assert referent.post(f"{one}/modalites", terms).status_code == 303
    said = text_of(referent.get(one))
    for word in (
        "Hôtel, Redon",
        "1 – d’abord",
        "Salle du petit déjeuner.",
        "interprétariat par téléphone",
        "absents",
    ):
        assert word in said
    assert "Familles avec enfants, demandeurs d’asile ou réfugiés" in text_of(
        referent.get("/siao/structures")
    )
    begun = referent.get(f"{one}/changer").text
    assert 'value="18"' in begun
    assert begun.count(" checked") == 2
    assert referent.post(f"{one}/changer", {**given, "closed_on": "2026-11-01"}).status_code == 303
    assert "Fermée depuis le 1er novembre 2026" in text_of(referent.get(one))
    assert "Fermées (1)" in text_of(referent.get("/siao/structures"))
    assert referent.post(f"{one}/changer", {**given, "closed_on": "2026-01-01"}).status_code == 422


def test_each_refresh_is_dated_counts_what_is_open_and_a_late_list_is_shown(
    world: World, logged_in: Enter
) -> None:
    """Art. 4-4, 1 a and b: every quarter at least, the DDETS told or not."""
    shelter(world)
    shelter(world, name="Fermée", closed_on=date(2026, 1, 1))
    referent = logged_in("si_referent")
    referent.post("/siao/convention", {**NAMES, "signed_on": "2026-01-10"})
    assert "n’a pas encore été reçue" in text_of(referent.get("/siao/structures"))
    assert referent.post("/siao/liste", {"received_on": "2026-08-01", "ddets_told": "no"}).status_code == 303
    said = text_of(referent.get("/siao"))
    assert "La liste des structures du SIAO était attendue le 1er novembre 2026." in said
    assert "1 structure, 30 places" in said
    assert "pas encore informée" in said
    assert "En retard" in text_of(referent.get("/siao/structures"))
    before = referent.post("/siao/liste", {"received_on": "2026-07-31", "ddets_told": "yes"})
    assert "celle-ci vient après" in beside(before, "received_on")
    assert referent.post("/siao/liste", {"received_on": "2026-11-20", "ddets_told": "yes"}).status_code == 303
    assert "était attendue" not in text_of(referent.get("/siao"))
    tomorrow = referent.post("/siao/liste", {"received_on": "2026-11-21", "ddets_told": "yes"})
    assert "futur" in beside(tomorrow, "received_on")


# ---------------------------------------------------------------- the actions
def test_an_action_is_planned_completed_and_withdrawn(world: World, logged_in: Enter) -> None:
    """Art. 4-4: permanences and appointments, people met, Caf rights opened, by numbers alone (art. 9)."""
    structure, referent = shelter(world), logged_in("si_referent")
    given = {
        "structure_id": structure,
        "held_on": "2026-11-27",
        "kind": "punctual",
        "team": "joint",
        "files": "5",
    }
    assert referent.post("/siao/actions/noter", given).status_code == 303
    assert "prévue" in text_of(referent.get("/siao/actions"))
    with reading() as session:
        one = session.scalars(select(SiAction.id)).one()
    url = f"/siao/actions/{one}"
    assert 'value="5"' in referent.get(url).text
    held = {**given, "held_on": "2026-11-19", "people_met": "4", "right_rsa": "2", "right_af": "1"}
    assert referent.post(url, held).status_code == 303
    assert referent.post(url, {**held, "right_rsa": "1", "right_af": "", "right_aah": "1"}).status_code == 303
    said = text_of(referent.get("/siao/actions"))
    assert "Permanence ponctuelle, sur dossiers identifiés Caf et Cpam, 5 dossiers identifiés" in said
    assert "Revenu de solidarité active (RSA, RSA majoré) : 1" in said
    assert "(AAH) : 1" in said
    assert "(AF)" not in said
    many = referent.post(url, {**held, "right_rsa": "5"})
    assert "plus de droits" in beside(many, "right_rsa")
    assert referent.post(f"{url}/retirer").status_code == 303
    assert "Aucune action en 2026" in text_of(referent.get("/siao/actions"))


def test_an_action_needs_a_structure_that_is_open(world: World) -> None:
    closed = shelter(world, closed_on=date(2026, 6, 1))
    action(world, closed, held_on=date(2026, 5, 31))
    with pytest.raises(InvalidInput):
        action(world, closed, held_on=date(2026, 6, 1))


# ---------------------------------------------------------------- no personal data
FREE_TEXTS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("/siao/convention", "caf", {**NAMES, "signed_on": "2026-01-10"}),
    ("/siao/contacts", "name", {"role": "caf", "starts_on": "2026-01-10"}),
    ("/siao/reunions", "decisions", {"kind": "committee", "held_on": "2026-01-10", "present": ["caf"]}),
    (
        "/siao/structures/ajouter",
        "address",
        {"name": "Essai", "shelter": "hotel", "commune_insee": REDON, "opened_on": "2026-01-10"},
    ),
    ("/siao/structures/{}/priorite", "priority_reason", {"priority": "first"}),
    ("/siao/structures/{}/modalites", "terms", {"wish": "wanted"}),
    ("/siao/bilan/2026/remarques", "difficulties", {}),
)


def test_no_free_text_takes_a_social_security_number(world: World, logged_in: Enter) -> None:
    """R-DP-7, and art. 9: refused where it is typed, with the reason; what was typed stays."""
    referent, structure = logged_in("si_referent"), shelter(world)
    for url, field, given in FREE_TEXTS:
        answered = referent.post(url.format(structure), {**given, field: f"voir {NIR}"})
        assert answered.status_code == 422, url
        assert "sécurité sociale" in beside(answered, field), url
        assert NIR in answered.text


def test_an_action_has_no_place_for_a_text() -> None:
    """Art. 9: no free text about what was met; the columns are codes, numbers and days."""
    texts = {column.name for column in SiAction.__table__.columns if column.type.python_type is str}
    assert texts == {"kind", "team"}


# ---------------------------------------------------------------- the year
def test_the_year_is_told_in_tables_and_csv_with_small_numbers_hidden(
    world: World, logged_in: Enter, hand: Hand
) -> None:
    """SI-1 … SI-6, art. 7; from one to four, no structure is told with its number, once the year is over too."""
    first, second = shelter(world), shelter(world, name="Hôtel d’essai")
    action(world, first, people_met=12, right_rsa=7)
    action(world, second, people_met=3, right_rsa=2, held_on=date(2026, 3, 3))
    referent = logged_in("si_referent")
    page = text_of(referent.get("/siao/bilan/2026"))
    assert "15 personnes rencontrées." in page
    assert "une fois l’année terminée" in page
    texts = {"difficulties": "Peu d’interprètes.", "objectives": "=Couvrir les hôtels."}
    assert referent.post("/siao/bilan/2026/remarques", texts).status_code == 303
    assert "Difficultés rencontrées : Peu d’interprètes." in text_of(referent.get("/siao/bilan/2026"))
    assert "Peu d’interprètes." in referent.get("/siao/bilan/2026/remarques").text

    hand.instant = datetime(2027, 1, 4, 10, tzinfo=PARIS)
    steering = logged_in("steering")
    taken = steering.get("/siao/bilan/2026/bilan.zip")
    assert taken.headers["Content-Disposition"] == 'attachment; filename="convention-siao-2026.zip"'
    with zipfile.ZipFile(io.BytesIO(taken.data)) as archive:
        told = {name.split("-", 1)[1]: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}
    rows = {row[0]: row[1:] for row in csv.reader(io.StringIO(told["shelters.csv"]), delimiter=";")}
    assert rows["Hôtel d’essai (Redon)"] == ["1", "1–4", "1–4"]
    assert rows["Foyer d’essai des Tilleuls (Redon)"] == ["1", "masqué", "masqué"]
    assert next(row for row in told["people.csv"].splitlines() if row.startswith("Ensemble")).endswith(";15")
    assert steering.get("/siao/bilan/2026/bilan.exe").status_code == 404
    assert "1–4" in text_of(steering.get("/siao/bilan/2026"))


def test_a_structure_closed_before_the_year_is_not_of_it(world: World, logged_in: Enter) -> None:
    shelter(world, closed_on=date(2025, 12, 31))
    shelter(world, name="Restée", closed_on=date(2026, 2, 1))
    page = text_of(logged_in("si_referent").get("/siao/bilan/2026"))
    assert "Restée (Redon)" in page
    assert "Tilleuls" not in page
    with reading() as session:
        assert len(session.scalars(select(SiStructure)).all()) == 2
