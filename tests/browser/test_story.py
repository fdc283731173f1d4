"""The whole story in a real browser: a CDAS reports, the Caf assigns, takes, asks and answers; both see the ledger."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Page

from service.operations import acts, drafts, meeting_records, meetings, remarks
from service.operations.announcement_lists import write_kind
from service.operations.announcements import publish
from service.operations.creation import create_ticket
from service.permissions import Actor
from tests.browser.people import Person
from tests.factories import PASSWORD, REDON, World, a_submitted_ticket, today
from tests.scale import NIGHTLY

pytestmark = [pytest.mark.browser]

QUESTION = "Pouvez-vous confirmer la date de fin du contrat d’apprentissage ?"
PDF = b"%PDF-1.4\nun avis\n%%EOF"
WITHOUT_SCRIPTS = {"java_script_enabled": False}

Enter = Callable[..., Person]


def fill_report(page: Page, **changes: str) -> None:
    """The form as most people fill it."""
    usual = {
        "matricule": "1234567",
        "last_name": "Démo-Martin",
        "first_name": "Camille",
        "cdap_missing": "Suspension sans motif affiché.",
        "description": "Plus de versement depuis le 5 octobre, loyer impayé.",
    }
    choose = {"event": "interruption", "cdap": "today", "ground": "told"}
    if page.locator("[name=line_open_reason]").count():
        choose["line_open_reason"] = "documents"
    for name, value in choose.items():
        page.locator(f"[name={name}][value={value}]").check()
    page.locator("[name=commune]").select_option(REDON)
    page.locator("[name=benefit]").select_option(changes.get("benefit", "rsa"))
    for name, value in usual.items():
        page.locator(f"[name={name}]").fill(changes.get(name, value))


@pytest.mark.parametrize("options", [{}, WITHOUT_SCRIPTS], ids=["scripts", "no scripts"])
def test_the_story_of_an_interrupted_rsa(enter: Enter, tmp_path: Path, options: dict[str, Any]) -> None:
    """workflows.md §1 from `submit` to `acknowledge`; every page on the way is accessible, at 320 px too."""
    cdas, secretariat, agent = (
        enter(post, **options) for post in ("cdas_agent", "caf_secretariat", "caf_agent")
    )
    wrong = cdas.look() + secretariat.look()

    cdas.press("Signaler une urgence définie")
    wrong += cdas.look()
    fill_report(cdas.page)
    if options:
        cdas.press("Vérifier")
    cdas.expect("C’est une urgence définie")
    wrong += cdas.look()
    cdas.press("Envoyer à la Caf")
    cdas.expect("envoyée à la Caf.", "C’est à la Caf : orienter la demande")
    reference = cdas.page.locator("h1 .reference").inner_text()
    wrong += cdas.look()

    secretariat.go("/demandes")
    wrong += secretariat.look()
    secretariat.press("Trier la suivante")
    secretariat.expect(reference, "C’est à vous : orienter cette demande")
    wrong += secretariat.look()
    secretariat.press("Affecter")
    wrong += secretariat.look()
    secretariat.press("Affecter")
    secretariat.expect("Affectée :")

    agent.go(f"/demandes/{reference}")
    wrong += agent.look()
    agent.press("Prendre en charge")
    agent.expect("Prise en charge :", "C’est à vous : apporter la réponse")
    wrong += agent.look()
    agent.press("Demander un complément")
    agent.page.locator("[name=question]").fill(QUESTION)
    wrong += agent.look()
    agent.press("Demander un complément")
    agent.expect("C’est au CDAS : répondre à la question")
    wrong += agent.look()

    cdas.go("/")
    cdas.expect("1 demande attend votre CDAS")
    cdas.page.get_by_role("link", name=reference).first.click()
    cdas.expect("C’est à vous : la Caf demande un complément", QUESTION)
    wrong += cdas.look()
    cdas.page.locator("[name=text]").fill("Le contrat finit le 31 août.")
    cdas.page.locator(".inline-act summary").first.click()
    avis = tmp_path / "avis.pdf"
    avis.write_bytes(PDF)
    cdas.page.locator("[name=act_file]").set_input_files(avis)
    wrong += cdas.look()
    cdas.press("Répondre à la demande")
    cdas.expect("Vous avez répondu :", "avis.pdf")

    agent.go(f"/demandes/{reference}")
    agent.expect("Le contrat finit le 31 août.")
    agent.press("Apporter la réponse")
    wrong += agent.look()
    agent.page.locator("[name=outcome][value=restored]").check()
    agent.page.locator("[name=text]").fill("Le droit est rétabli, le paiement part ce soir.")
    agent.press("Apporter la réponse")
    agent.expect("Vous avez apporté la réponse :")

    cdas.go(f"/demandes/{reference}")
    cdas.expect("la Caf a répondu : droit rétabli", "le paiement part ce soir")
    wrong += cdas.look()
    cdas.press("Accuser réception et clore")
    wrong += cdas.look()
    cdas.page.locator("[name=usefulness][value='5']").check()
    cdas.press("Accuser réception et clore")
    cdas.expect("La demande est close")

    agent.go(f"/demandes/{reference}")
    for person in (cdas, agent):
        person.expect("Temps passé, par chacun", "Accusé de réception, clôturée")
        assert person.page.locator("figure.ledger").count() == 1
        wrong += person.look()
        person.press("Expliquer ces délais")
        person.expect("Comment lire")
        wrong += person.look()
    assert wrong == []


def test_the_report_from_the_keyboard_alone(enter: Enter) -> None:
    """RGAA 12: everything is reached in order with Tab, chosen with arrows and space, sent with Enter."""
    person = enter("cdas_agent", viewport={"width": 1280, "height": 900})
    page = person.go("/signaler")
    if page.locator("[name=line_open_reason]").count():
        person.tab_to(page.locator("[name=line_open_reason]").first)
        page.keyboard.press("Space")
    person.type_into("matricule", "1234567")
    person.type_into("last_name", "Démo-Martin")
    person.type_into("first_name", "Camille")
    person.type_into("commune", "Redon")
    person.type_into("benefit", "Revenu")
    person.tab_to(page.locator("[name=event]").first)
    page.keyboard.press("Space")
    person.expect("C’est une urgence définie")
    person.tab_to(page.locator("[name=cdap]").first)
    page.keyboard.press("Space")
    person.type_into("cdap_missing", "Suspension sans motif affiché.")
    person.tab_to(page.locator("[name=ground]").first)
    page.keyboard.press("Space")
    person.type_into("description", "Loyer impayé.")
    person.tab_to(page.get_by_role("button", name="Envoyer à la Caf"))
    page.keyboard.press("Enter")
    person.expect("envoyée à la Caf.")


def test_enter_in_a_field_checks_and_does_not_send(enter: Enter) -> None:
    page = (person := enter("cdas_agent")).go("/signaler")
    fill_report(page)
    page.locator("[name=matricule]").press("Enter")
    person.expect("C’est une urgence définie")
    assert page.url.endswith("/signaler/verdict")
    assert page.locator("[name=description]").input_value().startswith("Plus de versement")


def test_the_draft_keeps_itself_and_is_taken_up_again(enter: Enter) -> None:
    page = (person := enter("cdas_agent")).go("/signaler")
    page.locator("[name=description]").fill("Un début de récit.")
    page.get_by_text(re.compile(r"enregistré à \d")).wait_for()
    person.go("/demandes?vue=brouillons")
    page.get_by_role("link", name="Reprendre").click()
    assert page.locator("[name=description]").input_value() == "Un début de récit."
    page.locator("[name=description]").fill("Un début de récit, puis la suite.")
    page.get_by_text(re.compile(r"enregistré à \d")).wait_for()
    page.reload()
    assert page.locator("[name=description]").input_value() == "Un début de récit, puis la suite."


def test_r_dp_7_the_draft_says_why_it_is_not_kept(enter: Enter) -> None:
    page = enter("cdas_agent").go("/signaler")
    page.locator("[name=description]").fill("Son numéro : 1 85 05 78 006 084 91.")
    page.get_by_text("non enregistré : Ce texte contient un numéro de sécurité sociale").wait_for()


def test_r_ud_5_the_verdict_tells_where_to_turn_while_typing(enter: Enter) -> None:
    page = (person := enter("cdas_agent")).go("/signaler")
    page.locator("[name=benefit]").select_option("apl")
    page.locator("[name=event][value=interruption]").check()
    page.locator("[name=last_payment_on]").fill(today().replace(day=1).isoformat())
    person.expect("Pas encore une urgence définie")
    assert page.get_by_role("link", name="Contacter la Caf").get_attribute("href")
    assert person.look() == []


def test_r_ud_2_the_text_for_cdap_is_copied(enter: Enter) -> None:
    person = enter("cdas_agent", permissions=["clipboard-read", "clipboard-write"])
    page = person.go("/signaler")
    fill_report(page)
    person.press("Préparer le texte pour CDAP")
    person.expect("Texte à coller dans CDAP")
    assert person.look() == []
    person.press("Copier le texte")
    person.expect("Texte copié.")
    assert page.evaluate("navigator.clipboard.readText()").startswith("URGENCE DEFINIE – UD-")
    person.press("Je l’ai envoyé par CDAP")
    person.expect("notée comme envoyée par CDAP")


def test_two_tabs_one_ticket(enter: Enter, world: World) -> None:
    """Nothing is lost: the second tab is told what changed and keeps what was typed."""
    reference = a_submitted_ticket(world.cdas_agent).reference
    acts.perform(world.caf_agent, reference, "take", {})
    person = enter("caf_agent")
    page = person.go(f"/demandes/{reference}/actions/ask")
    page.locator("[name=question]").fill(QUESTION)
    acts.perform(world.cdas_agent, reference, "cancel", {"reason": "Réglé par téléphone."})
    person.press("Demander un complément")
    person.expect("elle est maintenant à l’état « Annulée »")
    assert page.get_by_text(QUESTION).count() or page.locator("textarea").input_value() == QUESTION
    assert [fault for fault in person.look() if "status of 409" not in fault] == []


def test_many_are_assigned_in_a_few_strokes(enter: Enter, world: World) -> None:
    references = [a_submitted_ticket(world.cdas_agent).reference for _ in range(3)]
    person = enter("caf_secretariat", viewport={"width": 1280, "height": 900})
    page = person.go("/demandes")
    page.locator(".table-region").focus()
    for key in ("j", "x", "j", "x"):
        page.keyboard.press(key)
    page.get_by_text("2 demandes choisies").wait_for()
    assert person.look() == []
    page.get_by_label("À qui").select_option("caf-prestations")
    page.get_by_role("button", name="Affecter").click()
    person.expect("2 demandes affectées au ")
    assert page.locator("#file").get_by_text("Reçue, à orienter").count() == len(references) - 2


@pytest.mark.parametrize("scheme", ["light", *(["dark"] if NIGHTLY else [])])
def test_every_other_page_is_accessible(enter: Enter, world: World, scheme: str) -> None:
    """RGAA 4.1 on the pages and states that the story does not cross, in both colour schemes.

    By day each page is opened once, and in the dark asked about its colours, which are all that changes there; at
    night everything is asked in both.
    """
    reference, draft = _every_state(world)
    notice = _a_notice(world)
    wrong = []
    for post, paths in {
        "cdas_agent": (
            "/",
            "/demandes",
            "/demandes?vue=terminees",
            "/demandes?vue=brouillons&prestation=ars",
            f"/signaler/{draft}",
            f"/signaler/{draft}/apercu",
            f"/demandes/{reference['rejected']}",
            f"/demandes/{reference['rejected']}/actions/contest",
            f"/demandes/{reference['cancelled']}",
            f"/demandes/{reference['submitted']}/actions/cancel",
            f"/demandes/{reference['submitted']}/reunion",
        ),
        "caf_lead": (
            "/",
            "/demandes?vue=miennes",
            "/demandes?vue=cours",
            f"/demandes/{reference['submitted']}/actions/complete",
            f"/demandes/{reference['submitted']}/actions/reject",
            f"/demandes/{reference['assigned']}/actions/reassign",
            "/calendriers/caf-prestations/horaires",
        ),
        "steering": (
            "/",
            "/calendriers",
            "/calendriers/line",
            "/etat-de-la-ligne",
            "/reglages/versions/1",
            "/convention",
            "/convention/actions/nouvelle",
            "/convention/rencontres/nouvelle",
            "/convention/informations",
            "/convention/informations/nouvelle",
            "/convention/informations/types",
            f"/convention/informations/{notice}",
            "/convention/bonnes-pratiques",
            "/convention/cnaf",
            "/reunions",
            *_meetings(world),
            "/remarques",
            "/statistiques",
            "/dossiers",
            "/dossiers/methode",
        ),
        "admin": ("/sante", "/sante/taches/remind", "/reglages/versions/nouvelle", "/courriels-non-remis"),
        "caf_head": (
            "/compte",
            "/compte/courriels",
            "/compte/second-facteur",
            "/droits-des-personnes",
            "/mentions-legales",
            "/protection-des-donnees",
            "/protection-des-donnees/information-des-familles",
            "/accessibilite",
            "/ecoconception",
        ),
        "si_referent": ("/siao", "/siao/structures/ajouter", "/siao/actions/noter", "/siao/bilan"),
    }.items():
        person = enter(post, color_scheme=scheme, looks_in_the_dark=scheme == "light")
        for path in paths:
            person.go(path)
            wrong += person.look()
        if post in ("cdas_agent", "caf_lead"):
            person.page.locator("header [name=q]").fill("exemple")
            person.page.locator("header [name=q]").press("Enter")
            person.expect("des mots entiers d’un nom")
            wrong += person.look()
    auditor = enter("auditor", color_scheme=scheme, looks_in_the_dark=scheme == "light")
    wrong += _a_telephone_enrolled(auditor)
    assert wrong == []


def _a_telephone_enrolled(person: Person) -> list[str]:
    """The pages of the second factor, from the keyboard, for somebody who has none yet; the code asked at the end."""
    page = person.go("/compte/second-facteur")
    wrong = person.look()
    person.type_into("current_password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/connexion/code")
    wrong += person.look()
    person.type_into("code", page.locator(".invented-code code").inner_text())
    page.keyboard.press("Enter")
    person.expect("C’est noté, continuer")
    return wrong + person.look()


def _a_notice(world: World) -> UUID:
    """A notice for every CDAS and the steering units, which nobody has confirmed."""
    referents = {"caf_referent": "Mme Exemple", "departement_referent": "M. Démo"}
    kind = write_kind(world.caf_head, {"label": "Organisation", "announced_by": "both", **referents})
    given = {
        "kind_id": kind,
        "title": "Fermeture de l’antenne d’exemple",
        "body": "# Ce qui change\n\n- fermée le vendredi",
        "takes_effect_on": today(),
        "groups": ["cdas", "steering"],
    }
    return publish(world.caf_head, given, [], "0" * 32)


def test_errors_are_accessible_and_take_the_focus(enter: Enter) -> None:
    page = (person := enter("cdas_agent")).go("/signaler")
    person.press("Envoyer à la Caf")
    person.expect("choses sont à corriger")
    assert page.evaluate("document.activeElement.dataset.errorSummary") == ""
    page.get_by_role("link", name="Matricule Caf").click()
    assert page.evaluate("document.activeElement.name") == "matricule"
    assert [fault for fault in person.look() if "status of 422" not in fault] == []


def _every_state(world: World) -> tuple[dict[str, str], str]:
    """A ticket for each state that the story passes by, and a draft."""
    by = {
        name: a_submitted_ticket(world.cdas_agent).reference
        for name in ("submitted", "assigned", "rejected", "cancelled")
    }
    acts.perform(world.caf_lead, by["assigned"], "assign", {"unit_id": "caf-prestations"})
    no = {"reason": "wrong_service", "sentence": "Autre service.", "turn_to": "La CPAM, au 3646."}
    acts.perform(world.caf_lead, by["rejected"], "reject", no)
    acts.perform(world.cdas_agent, by["cancelled"], "cancel", {"reason": "Réglé."})
    return by, _a_draft(world.cdas_agent)


def _meetings(world: World) -> tuple[str, ...]:
    """A monthly meeting that is open, with an action; a committee that is prepared."""
    day = today()
    given = {"about_on": day, "held_on": day, "starts_at": "10:00", "place": "Salle Essai"}
    monthly = meetings.plan(world.steering, {**given, "kind": "monthly"})
    meetings.add_participant(world.steering, monthly, "unit:cdas-redon")
    meetings.hold(world.steering, monthly)
    said = {"sort": "action", "said": "Un atelier.", "owner": "unit:caf-direction", "due_on": day}
    action = meeting_records.record(world.steering, monthly, said)
    committee = meetings.plan(world.steering, {**given, "kind": "committee"})
    remarks.write(world.cdas_agent, "line", "works", "On répond vite.")
    pages = (monthly, f"{monthly}/seance", f"{monthly}/actions/{action}", committee)
    return tuple(f"/reunions/{page}" for page in pages)


def _a_draft(actor: Actor) -> str:
    made, _ = create_ticket(actor, "urgent_rights", {}, "d" * 32, submit=False, form={})
    drafts.save(actor, made, {"benefit": "apl", "event": "interruption"}, page_key="d" * 32, seen="")
    return made
