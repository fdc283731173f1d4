"""« Annuaire » and « Absences » as their readers walk through them (R-CI-3, annexes 5 and 6 of the convention)."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest

from service import clock
from service.errors import GuardRefused, InvalidInput
from service.operations import accounts, acts
from service.operations.creation import create_ticket
from service.operations.directory import close_unit
from service.operations.sectors import set_worker
from service.permissions import HOLDERS, Permission, Role
from service.workflows import french
from tests.factories import REDON, RENNES, World, a_submitted_ticket, a_unit_replaced, today
from tests.pages.conftest import Visitor
from tests.pages.html import beside, fields_of, soup, summary_of, text_of

LogIn = Callable[..., Visitor]


def test_the_administration_closes_a_unit_that_owes_nothing(world: World, logged_in: LogIn) -> None:
    """From a day on; what was typed stays where it is refused, and a unit that is gone closes no more."""
    admin, address = logged_in("admin"), "/annuaire/services/{}/fermer"
    assert logged_in("caf_head").get(address.format("cdas-vitre")).status_code == 403
    assert "Fermer CDAS Pays de Vitré" in text_of(admin.get("/annuaire"))
    past = admin.post(address.format("cdas-vitre"), {"day": "2020-01-01"})
    assert (past.status_code, "Ce jour est passé" in beside(past, "day")) == (422, True)
    a_submitted_ticket(world.cdas_agent)
    owes = admin.post(address.format("caf-secretariat"), {"day": today().isoformat()})
    assert owes.status_code == 409
    assert "1 demande" in text_of(owes)
    assert today().isoformat() in owes.text
    assert admin.post(address.format("cdas-vitre"), {"day": today().isoformat()}).status_code == 303
    assert "Fermé depuis le" in text_of(logged_in("cdas_agent").get("/annuaire"))
    assert admin.get(address.format("cdas-vitre")).status_code == 404
    later = {"day": (today() + timedelta(days=9)).isoformat()}
    assert admin.post(address.format("cdas-vitre"), later).status_code == 404


def test_what_a_unit_has_asked_for_keeps_it_open_like_what_it_owes(world: World, logged_in: LogIn) -> None:
    """A request under way comes back to who asked it, with a question or an answer; one that has ended does not."""
    admin, address = logged_in("admin"), f"/annuaire/services/{world.cdas_agent.unit_id}/fermer"
    day = {"day": today().isoformat()}
    assert "Ce qui mène encore" not in text_of(admin.get(address))
    asked = a_submitted_ticket(world.cdas_agent).reference
    assert "Il a part à 1 autre demande en cours." in text_of(admin.get(address))
    refused = admin.post(address, day)
    assert refused.status_code == 409
    assert "a part à 1 autre demande en cours" in summary_of(refused)
    other = a_submitted_ticket(world.cdas_agent).reference
    acts.perform(world.caf_agent, other, "take", {})
    acts.perform(world.caf_agent, other, "ask", {"question": "Depuis quand ?"})
    told = "Il doit encore la suite de 1 demande et a part à 1 autre demande en cours"
    assert told in text_of(admin.get(address))
    for reference in (asked, other):
        acts.perform(world.cdas_agent, reference, "cancel", {"reason": "Réglé."})
    assert admin.post(address, day).status_code == 303


def test_an_invitation_into_a_unit_that_has_closed_opens_nothing(
    world: World, logged_in: LogIn, visitor: Visitor
) -> None:
    """It is counted where the unit is closed, refused with its reason from that day on, and not sent again."""
    made = accounts.invite(
        world.admin,
        email="nouvelle@exemple.fr",
        name="Gaëlle Exemple",
        unit_code="cdas-vitre",
        role="cdas_agent",
    )
    admin, address = logged_in("admin"), "/annuaire/services/cdas-vitre/fermer"
    assert "1 invitation n’a pas encore servi" in text_of(admin.get(address))
    assert visitor.get(made.path).status_code == 200
    assert admin.post(address, {"day": today().isoformat()}).status_code == 303
    chosen = {"password": "trois chevaux bleus dans la lande"}
    token = visitor.token()
    for answer in (visitor.get(made.path), visitor.post(made.path, chosen, token=token)):
        assert answer.status_code == 422
        assert "CDAS Pays de Vitré est fermé : cette invitation ne sert plus." in text_of(answer)
    with pytest.raises(GuardRefused, match="ce lien n’ouvrirait rien"):
        accounts.invite_again(world.admin, made.account_id)
    accounts.move(world.admin, made.account_id, unit_code=world.cdas_agent.unit_id, role="cdas_agent")
    again = accounts.invite_again(world.admin, made.account_id)
    assert visitor.post(again.path, chosen, token=token).status_code == 303


def test_a_closing_to_come_is_moved_or_taken_back(world: World, logged_in: LogIn) -> None:
    admin, address = logged_in("admin"), "/annuaire/services/cdas-vitre/fermer"
    assert admin.post(address, {"keep": "yes"}).status_code == 404
    for days in (7, 3):
        day = (today() + timedelta(days=days)).isoformat()
        assert admin.post(address, {"day": day}).status_code == 303
        assert f'value="{day}"' in admin.get(address).text
    assert "Ferme définitivement le" in text_of(admin.get("/annuaire"))
    assert logged_in("caf_head").post(address, {"keep": "yes"}).status_code == 403
    assert admin.post(address, {"keep": "yes"}).status_code == 303
    assert "Ferme définitivement le" not in text_of(admin.get("/annuaire"))
    close_unit(world.admin, "cdas-vitre", today())
    assert admin.post(address, {"keep": "yes"}).status_code == 404


def test_the_roles_of_the_directory() -> None:
    without = {Role.AUDITOR, Role.SI_REFERENT}
    assert set(Role) - without == HOLDERS[Permission.READ_DIRECTORY]
    assert HOLDERS[Permission.NOTE_ABSENCES] == set(Role) - without - {Role.ADMIN, Role.STEERING}


def test_from_a_place_to_whoever_answers_there_today(world: World, logged_in: LogIn) -> None:
    secretary, agent, head = logged_in("caf_secretariat"), logged_in("cdas_agent"), logged_in("caf_head")
    worker, stands_in = world.caf_ts, world.caf_head
    close_unit(world.admin, "cdas-vitre", today())

    # a sector without worker, then with one
    assert "Personne n’est nommé pour ce secteur" in text_of(agent.get(f"/annuaire?commune={REDON}"))
    assert agent.get("/annuaire/secteurs/secteur-16").status_code == 403
    assert agent.post("/annuaire/secteurs/secteur-16", {"worker": str(worker.account_id)}).status_code == 403
    refused = head.post("/annuaire/secteurs/secteur-16", {"worker": str(world.caf_agent.account_id)})
    assert (refused.status_code, beside(refused, "worker")[:8]) == (422, "Erreur :")
    assert head.post("/annuaire/secteurs/secteur-16", {"worker": str(worker.account_id)}).status_code == 303
    result = soup(agent.get(f"/annuaire?commune={REDON}&quartier=centre")).select_one(".found")
    assert result is not None
    words = " ".join(result.get_text(" ").split())
    for expected in (
        "CDAS Pays de Redon",
        "cdas-redon@cdas.example",
        worker.name,
        "Maison des services de Redon",
    ):
        assert expected in words

    # away, said in words to the other institution too
    typed = {
        "account": str(worker.account_id),
        "starts_on": (today() - timedelta(days=1)).isoformat(),
        "ends_on": (today() - timedelta(days=2)).isoformat(),
        "replacement": str(stands_in.account_id),
    }
    refused = secretary.post("/absences", typed)
    assert (refused.status_code, beside(refused, "ends_on")) == (422, "Erreur : La fin vient avant le début.")
    assert secretary.post("/absences", {**typed, "ends_on": today().isoformat()}).status_code == 303
    answer = text_of(agent.get(f"/annuaire?commune={REDON}"))
    assert f"{stands_in.name} remplace {worker.name}, en absence jusqu’au" in answer
    assert "Fermé depuis le" in answer

    # the head sees it on the page of absences, and ends it
    page = head.get("/absences")
    assert worker.name in text_of(page)
    end = soup(page).select_one('form[action$="/terminer"]')
    assert end is not None
    url, last = str(end["action"]), str(end.select_one("[name=ends_on]")["value"])
    assert agent.post(url, {"ends_on": last}).status_code == 404
    assert head.post(url, {"ends_on": last}).status_code == 303
    assert "remplace" not in text_of(agent.get(f"/annuaire?commune={REDON}"))

    # one's own, without a choice of people; taken back before it begins
    own = {
        "starts_on": (today() + timedelta(days=3)).isoformat(),
        "ends_on": (today() + timedelta(days=4)).isoformat(),
    }
    assert soup(agent.get("/absences")).select_one("#champ-account") is None
    assert agent.post("/absences", own).status_code == 303
    cancel = soup(agent.get("/absences")).select_one('form[action$="/annuler"]')
    assert cancel is not None
    assert agent.post(str(cancel["action"])).status_code == 303
    assert "Aucune absence notée" in text_of(agent.get("/absences"))


def test_a_commune_that_the_map_splits_asks_for_its_quarter(world: World, logged_in: LogIn) -> None:
    set_worker(world.admin, "secteur-01", world.caf_ts.account_id)
    browser = logged_in("steering")
    page = browser.get(f"/annuaire?commune={RENNES}&quartier=nowhere")
    links = [str(one["href"]) for one in soup(page).select("#quartiers a")]
    assert len(links) == 12
    assert "choisissez le quartier" in text_of(page)
    of_quarter = soup(browser.get(next(link for link in links if link.endswith("=centre")))).select_one(
        ".found"
    )
    assert of_quarter is not None
    assert "Rennes (35000, 35200, 35700), Centre" in " ".join(of_quarter.get_text(" ").split())
    assert world.caf_ts.name in of_quarter.get_text()
    assert soup(browser.get("/annuaire?commune=99999")).select_one(".found") is None
    assert browser.get("/absences").status_code == 403


def test_a_cdas_is_offered_until_it_closes_and_its_past_is_still_found(
    world: World, logged_in: LogIn
) -> None:
    """What a form offers, what a list is narrowed by, and the refusal of whoever had the form open (R-OR-1)."""
    secretary, worker = logged_in("caf_secretariat"), logged_in("caf_ts")
    forms = {
        "/nouvelle/co_intervention": secretary,
        "/nouvelle/handover": worker,
    }
    close_unit(world.admin, "cdas-vitre", today() + timedelta(days=1))
    for address, visitor in forms.items():
        assert 'value="cdas-vitre"' in visitor.get(address).text, address
    close_unit(world.admin, "cdas-vitre", today())
    for address, visitor in forms.items():
        page = visitor.get(address).text
        assert ('value="cdas-redon"' in page, 'value="cdas-vitre"' in page) == (True, False), address
    a_submitted_ticket(world.cdas_agent)
    assert 'value="cdas-vitre"' in secretary.get("/demandes").text
    with pytest.raises(InvalidInput) as late:
        create_ticket(
            world.caf_secretariat, "co_intervention", {}, "key", submit=False, asking_unit="cdas-vitre"
        )
    assert "CDAS Pays de Vitré est fermé" in str(late.value.fields)


def test_a_team_that_has_closed_is_given_nothing_from_the_list(world: World, logged_in: LogIn) -> None:
    """R-OR-1: the list offers the team that stays, as the request's own page does."""
    a_submitted_ticket(world.cdas_agent)
    a_unit_replaced(world, "caf-prestations")
    page = logged_in("caf_secretariat").get("/demandes").text
    assert ('value="caf-prestations-new"' in page, 'value="caf-prestations"' in page) == (True, False)


def test_r_clk_8_a_call_from_before_a_cdas_closed_is_still_noted(world: World, logged_in: LogIn) -> None:
    noon = datetime.combine(today(), time(12), french.PARIS)
    with clock.driven(lambda: noon):
        agent = logged_in("caf_agent")
        close_unit(world.admin, "cdas-vitre", today())
        call = dict(fields_of(agent.get("/appels/nouveau"), "form.card"))
        call |= {"cdas": "cdas-vitre", "answered": "no", "minutes": "0", "matricule": "1234567"}
        refused = agent.post("/appels/nouveau", {**call, "day": today().isoformat(), "time": "11:00"})
        assert "CDAS Pays de Vitré est fermé" in beside(refused, "cdas")
        before = {**call, "day": (today() - timedelta(days=1)).isoformat(), "time": "10:00"}
        assert agent.post("/appels/nouveau", before).status_code == 303
