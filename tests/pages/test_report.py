"""« Signaler une urgence définie »: the form, its verdict, its draft, what leaves and what does not."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FuturesTimeout
from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from service.database import reading, transaction
from service.models import AccessEntry, Call, Draft, Person, Ticket, UrgentRightsDetails
from service.operations import calls, drafts
from service.operations.settings import change_setting
from service.workflows.urgency import Benefit
from tests.factories import REDON, World, a_submission, a_submitted_ticket
from tests.pages.conftest import Visitor
from tests.pages.hours import Hour, driven_hour
from tests.pages.html import beside, buttons_of, fields_of, plain, soup, summary_of, text_of

LogIn = Callable[..., Visitor]

KEY = "a1" * 16
NIR = "1 85 05 78 006 084 91"
"""A number whose key is right; nobody's."""
JSON = {"Accept": "application/json"}


@pytest.fixture(autouse=True)
def hour() -> Iterator[Hour]:
    """The line is open: it is a Thursday morning, out of the school holidays."""
    with driven_hour() as now:
        yield now


@pytest.fixture
def cdas(logged_in: LogIn) -> Visitor:
    """A professional of the CDAS of Redon."""
    return logged_in("cdas_agent")


def a_form(**changes: str) -> dict[str, str]:
    """The form as somebody sends it; a change to an empty text leaves the answer out."""
    usual = {
        "form_key": KEY,
        "matricule": "1234567",
        "last_name": "Démo-Le Gall",
        "first_name": "Éloïse",
        "commune": REDON,
        "benefit": "rsa",
        "event": "interruption",
        "cdap": "today",
        "cdap_missing": "Le motif de la suspension n’apparaît pas.",
        "ground": "told",
        "line_open_reason": "documents",
        "description": "Plus de versement depuis le 5 octobre, loyer impayé.",
    }
    return {name: value for name, value in {**usual, **changes}.items() if value}


def tickets() -> list[Ticket]:
    """Every ticket there is."""
    with reading() as session:
        return list(session.scalars(select(Ticket).order_by(Ticket.opened_at, Ticket.id)))


def only_ticket() -> Ticket:
    """The one ticket there is."""
    (found,) = tickets()
    return found


def kept_form() -> dict[str, str]:
    """What the only draft holds."""
    with reading() as session:
        kept: dict[str, str] = json.loads(session.scalars(select(Draft)).one().form or "")
        return kept


def verdict(visitor: Visitor, **changes: str) -> str:
    """What the card says while one types."""
    answer = visitor.post("/signaler/verdict", a_form(**changes), **JSON)
    assert answer.status_code == 200
    return words(answer.json["html"]) if answer.json else ""


def words(html: str) -> str:
    """The words of a fragment."""
    return plain(BeautifulSoup(html, "html.parser").get_text(" "))


# ---------------------------------------------------------------- the verdict
def test_r_ud_1_the_verdict_says_the_rule_and_the_arithmetic(cdas: Visitor) -> None:
    said = verdict(cdas, benefit="apl", last_payment_on="2026-07-31")
    assert "C’est une urgence définie" in said
    assert "Dernier versement le 31 juillet 2026" in said
    assert "trois mois atteints le 31 octobre 2026" in said
    assert "règle R-UD-1 b" in said
    card = cdas.post("/signaler/verdict", a_form(benefit="apl", last_payment_on="2026-07-31"), **JSON).json
    assert card
    assert "2026\N{NO-BREAK SPACE}: c’est" in card["html"], "no double sign alone at the head of a line"


@pytest.mark.parametrize("typed", ["31/7/2026", "31-07-2026", "31 juillet 2026"])
def test_a_date_typed_by_hand_is_understood(cdas: Visitor, typed: str) -> None:
    """RGAA 11.11: for browsers without a calendar."""
    assert "Dernier versement le 31 juillet 2026" in verdict(cdas, benefit="apl", last_payment_on=typed)


def test_a_date_that_does_not_exist_is_refused_with_an_example(cdas: Visitor) -> None:
    """RGAA 11.11: the sentence shows what would be right, and what was typed stays."""
    answer = cdas.post("/signaler", a_form(benefit="apl", last_payment_on="31/02/2026"))
    assert answer.status_code == 422
    assert "écrivez-la comme 05/10/2026" in answer.text
    assert 'value="31/02/2026"' in answer.text


def test_r_ud_5_what_is_not_urgent_is_told_where_to_turn(cdas: Visitor) -> None:
    answer = cdas.post("/signaler/verdict", a_form(benefit="apl", last_payment_on="2026-09-30"), **JSON)
    assert answer.json is not None
    assert "Pas encore une urgence définie" in answer.json["html"]
    assert "30 décembre 2026" in answer.json["html"]
    assert 'href="https://wwwd.caf.fr/' in answer.json["html"]


def test_r_ud_5_a_benefit_never_paid_is_not_interrupted(cdas: Visitor) -> None:
    assert "jamais versée n’est pas interrompue" in verdict(cdas, never_paid="1")


def test_the_verdict_waits_for_the_answers_it_needs(cdas: Visitor) -> None:
    assert "Choisissez la prestation et dites" in verdict(cdas, benefit="", event="")
    assert "Indiquez la date du dernier versement" in verdict(cdas, benefit="apl")
    assert "ne peut pas être dans le futur" in verdict(cdas, benefit="apl", last_payment_on="2027-01-01")


def test_r_ud_1_a_the_fall_is_counted(cdas: Visitor) -> None:
    said = verdict(cdas, benefit="aah", event="strong_decrease", amount_before="1000", amount_after="310,50")
    assert "C’est une urgence définie" in said
    assert "68 % de moins" in said


def test_r_dp_2_an_objection_stops_at_once(cdas: Visitor) -> None:
    assert "Rien ne partira" in verdict(cdas, ground="objected")


def test_r_clk_3_what_will_follow_is_announced(cdas: Visitor) -> None:
    answer = cdas.post("/signaler/verdict", a_form(), **JSON)
    assert answer.json is not None
    said = words(answer.json["fragments"]["suite"])
    assert "Tri avant aujourd’hui à 15 h 00" in said
    assert "Prise en charge avant demain à 17 h 00" in said
    assert "Réponse avant le lundi 23 novembre 2026 à 17 h 00" in said


def test_without_scripts_the_button_gives_the_whole_page_and_keeps_nothing(cdas: Visitor) -> None:
    answer = cdas.post("/signaler/verdict", a_form())
    assert answer.status_code == 200
    assert "C’est une urgence définie" in text_of(answer)
    assert fields_of(answer, "#signaler")["description"] == a_form()["description"]
    assert tickets() == []


# ---------------------------------------------------------------- other requests for the same file
def test_open_requests_for_the_matricule_are_shown_when_readable(cdas: Visitor, world: World) -> None:
    """workflows.md §1, `submit`: an open ticket for the same matricule is shown if the requester may read it."""
    own = a_submitted_ticket(world.cdas_agent, matricule="1234567").reference
    other = a_submitted_ticket(world.cdas_agent_elsewhere, matricule="7654321").reference
    assert own in cdas.post("/signaler/verdict", a_form(), **JSON).text
    elsewhere = cdas.post("/signaler/verdict", a_form(matricule="7654321"), **JSON).text
    assert other not in elsewhere
    assert "Aucune demande que vous puissiez voir" in elsewhere


# ---------------------------------------------------------------- sending
def test_a_request_leaves_and_says_what_follows(cdas: Visitor) -> None:
    answer = cdas.post("/signaler", a_form())
    ticket = only_ticket()
    assert answer.status_code == 303
    assert answer.location == f"/demandes/{ticket.reference}"
    assert (ticket.state, ticket.channel) == ("submitted", "service")
    page = text_of(cdas.get(answer.location))
    assert f"Demande {ticket.reference} envoyée à la Caf." in page
    assert "Prochaine échéance : tri, aujourd’hui à 15 h 00." in page
    with reading() as session:
        person = session.get_one(Person, ticket.id)
        details = session.get_one(UrgentRightsDetails, ticket.id)
        assert (person.matricule, person.last_name, person.commune_insee) == (
            "1234567",
            "Démo-Le Gall",
            REDON,
        )
        assert (details.line_open_reason, details.line_was_open) == ("documents", True)
        assert session.scalar(select(func.count()).select_from(Draft)) == 0


def test_a_second_click_makes_no_second_request(cdas: Visitor) -> None:
    first, second = cdas.post("/signaler", a_form()), cdas.post("/signaler", a_form())
    assert (second.status_code, second.location) == (303, first.location)
    assert only_ticket().version == 2


def test_the_same_page_with_other_answers_is_another_request(cdas: Visitor) -> None:
    """Going back in the browser must not swallow a second request."""
    cdas.post("/signaler", a_form())
    again = cdas.post("/signaler", a_form(matricule="7654321"))
    assert again.status_code == 422
    assert "est déjà partie, avec d’autres réponses" in text_of(again)
    sent = cdas.post("/signaler", fields_of(again, "#signaler"))
    assert sent.status_code == 303
    assert [ticket.state for ticket in tickets()] == ["submitted", "submitted"]


def test_r_ud_4_look_first_is_asked_at_the_head_and_beside_the_field(cdas: Visitor) -> None:
    answer = cdas.post("/signaler", a_form(cdap="", cdap_missing=""))
    assert answer.status_code == 422
    assert "R-UD-4" in summary_of(answer)
    assert "R-UD-4" in beside(answer, "cdap")
    assert fields_of(answer, "#signaler")["description"] == a_form()["description"]
    assert kept_form()["description"] == a_form()["description"]
    assert only_ticket().state == "draft"


def test_r_ud_4_a_day_and_what_was_not_found_are_asked_in_one_round(cdas: Visitor) -> None:
    answer = cdas.post("/signaler", a_form(cdap="other_day", cdap_consulted_on="", cdap_missing=""))
    assert answer.status_code == 422
    assert beside(answer, "cdap_consulted_on")
    assert beside(answer, "cdap_missing")


def test_r_dp_2_why_somebody_was_not_told_is_asked_beside_its_own_field(cdas: Visitor) -> None:
    answer = cdas.post("/signaler", a_form(ground="not_told", reason_not_told=""))
    assert answer.status_code == 422
    assert "Dites pourquoi la personne n’a pas pu être informée" in beside(answer, "reason_not_told")
    assert not beside(answer, "ground")


def test_r_ud_4_no_access_to_cdap_is_an_answer(cdas: Visitor) -> None:
    assert cdas.post("/signaler", a_form(cdap="no_access", cdap_missing="")).status_code == 303


def test_every_missing_answer_is_named(cdas: Visitor) -> None:
    answer = cdas.post("/signaler", {"form_key": KEY})
    assert answer.status_code == 422
    named = ("matricule", "last_name", "commune", "benefit", "event", "cdap", "ground", "description")
    assert [name for name in named if not beside(answer, name)] == []
    title = soup(answer).title
    assert title is not None
    assert "Erreurs à corriger" in title.text


def test_what_can_not_be_read_is_said_with_what_is_missing_and_wrong(cdas: Visitor) -> None:
    """Somebody on the phone corrects once: a mistyped matricule hides none of the other mistakes."""
    answer = cdas.post(
        "/signaler",
        a_form(
            matricule="12345", benefit="apl", last_payment_on="2031-03-05", cdap_missing="", description=""
        ),
    )
    assert answer.status_code == 422
    for name in ("matricule", "last_payment_on", "cdap_missing", "description"):
        assert beside(answer, name), name
    assert not beside(answer, "commune")


def test_r_ud_5_not_urgent_is_refused_kindly_and_the_draft_kept(cdas: Visitor) -> None:
    answer = cdas.post("/signaler", a_form(benefit="apl", last_payment_on="2026-09-30"))
    assert answer.status_code == 422
    assert "Rien n’est parti à la Caf" in summary_of(answer)
    assert "dans 41 jours" in text_of(answer)
    assert "Contacter la Caf par les voies ordinaires" in text_of(answer)
    assert kept_form()["benefit"] == "apl"


def test_r_dp_2_an_objection_stops_the_sending(cdas: Visitor) -> None:
    answer = cdas.post("/signaler", a_form(ground="objected"))
    assert answer.status_code == 422
    assert "s’est opposée" in summary_of(answer)
    assert only_ticket().state == "draft"


def test_r_dp_7_a_social_security_number_is_refused_and_not_kept(cdas: Visitor) -> None:
    answer = cdas.post("/signaler", a_form(description=f"Son numéro est {NIR}."))
    assert answer.status_code == 422
    assert "numéro de sécurité sociale" in beside(answer, "description")
    with reading() as session:
        forms = [draft.form or "" for draft in session.scalars(select(Draft))]
    assert not any("006 084" in form for form in forms)


# ---------------------------------------------------------------- the direct line (R-UD-3)
def test_r_ud_3_the_reason_is_asked_only_while_the_line_is_open(cdas: Visitor, hour: Hour) -> None:
    assert "pourquoi par écrit" in text_of(cdas.get("/signaler"))
    refused = cdas.post("/signaler", a_form(line_open_reason=""))
    assert "R-UD-3" in beside(refused, "line_open_reason")
    hour.is_now(19, 12, 30)
    cdas.log_in("cdas-agent@test.example")
    assert "pourquoi par écrit" not in text_of(cdas.get("/signaler"))
    assert cdas.post("/signaler", a_form(line_open_reason="")).status_code == 303


def test_r_ud_3_without_the_direct_channel_the_page_leads_to_cdap(cdas: Visitor, world: World) -> None:
    change_setting(world.admin, "direct_channel", "non")
    page = cdas.get("/signaler")
    assert "Envoyer à la Caf" not in buttons_of(page)
    assert "Préparer le texte pour CDAP" in buttons_of(page)
    assert cdas.post("/signaler", a_form()).status_code == 422
    assert only_ticket().state == "draft"


def test_r_ud_2_the_text_for_cdap_begins_with_the_keyword_and_the_reference(cdas: Visitor) -> None:
    prepared = cdas.post("/signaler/texte-cdap", a_form())
    reference = only_ticket().reference
    assert (prepared.status_code, prepared.location) == (303, f"/demandes/{reference}/texte-cdap")
    page = cdas.get(prepared.location)
    area = soup(page).select_one("textarea#texte")
    assert area is not None
    lines = area.get_text().removeprefix("\n").splitlines()
    assert lines[0] == f"URGENCE DEFINIE – {reference}"
    assert "Matricule : 1234567" in lines
    assert "Nom : Démo-Le Gall Éloïse" in lines
    assert any("CDAS Pays de Redon" in line for line in lines)


def test_r_ud_3_what_left_by_cdap_is_recorded_with_its_channel(cdas: Visitor) -> None:
    page = cdas.get(cdas.post("/signaler/texte-cdap", a_form()).location)
    sent = cdas.post(f"/demandes/{only_ticket().reference}/texte-cdap", fields_of(page, "main form"))
    ticket = only_ticket()
    assert sent.location == f"/demandes/{ticket.reference}"
    assert (ticket.state, ticket.channel) == ("submitted", "cdap_form")
    assert "notée comme envoyée par CDAP" in text_of(cdas.get(sent.location))


def test_r_ud_3_an_incomplete_draft_gives_no_text(cdas: Visitor) -> None:
    assert cdas.post("/signaler/texte-cdap", a_form(commune="")).status_code == 422
    reference = only_ticket().reference
    answer = cdas.get(f"/demandes/{reference}/texte-cdap")
    assert answer.location == f"/signaler/{reference}"


def test_r_ud_3_an_unanswered_call_becomes_a_request_once(cdas: Visitor, world: World) -> None:
    made, _ = calls.record_call(
        world.cdas_agent,
        {
            "matricule": "1234567",
            "benefit": "rsa",
            "event": "interruption",
            "started_at": datetime(2026, 11, 19, 8, 30, tzinfo=UTC),
            "minutes": 3,
            "answered": False,
        },
        "appel",
    )
    page = cdas.get(f"/signaler?appel={made}")
    begun = fields_of(page, "#signaler")
    assert (begun["matricule"], begun["line_open_reason"]) == ("1234567", "no_answer")
    assert cdas.post("/signaler", {**a_form(line_open_reason="no_answer"), "call": made}).status_code == 303
    with reading() as session:
        assert session.scalars(select(Call)).one().ticket_id == only_ticket().id
    assert fields_of(cdas.get(f"/signaler?appel={made}"), "#signaler")["matricule"] == ""


# ---------------------------------------------------------------- drafts
def saved(visitor: Visitor, **changes: str) -> TestResponse:
    """What the script gets when it saves."""
    return visitor.post("/signaler/brouillon", a_form(**changes), **JSON)


def test_a_draft_keeps_itself_then_leaves_under_the_same_reference(cdas: Visitor) -> None:
    kept = saved(cdas, description="Un début.")
    assert kept.json is not None
    assert kept.json["saved_at_words"] == "10\u00a0h\u00a000"
    assert kept.json["action_url"] == f"/signaler/{only_ticket().reference}"
    assert saved(cdas, description="Un début, puis la suite.").status_code == 200
    assert kept_form()["description"] == "Un début, puis la suite."
    assert cdas.post(kept.json["action_url"], a_form()).status_code == 303
    assert only_ticket().state == "submitted"


def test_without_scripts_a_draft_is_saved_by_its_button(cdas: Visitor) -> None:
    answer = cdas.post("/signaler/brouillon", a_form(description="À finir demain."))
    reference = only_ticket().reference
    assert (answer.status_code, answer.location) == (303, f"/signaler/{reference}")
    page = cdas.get(answer.location)
    assert "Brouillon enregistré." in text_of(page)
    assert fields_of(page, "#signaler")["description"] == "À finir demain."
    assert reference in text_of(cdas.get("/demandes?vue=brouillons"))
    assert cdas.get(f"/demandes/{reference}").location == f"/signaler/{reference}"


def test_a_draft_of_another_day_says_which_day(cdas: Visitor, hour: Hour) -> None:
    """R-UD-4: « consulted today » of yesterday is not today."""
    saved(cdas)
    hour.is_now(20, 9)
    cdas.log_in("cdas-agent@test.example")
    begun = fields_of(cdas.get(f"/signaler/{only_ticket().reference}"), "#signaler")
    assert (begun["cdap"], begun["cdap_consulted_on"]) == ("other_day", "2026-11-19")
    assert begun["ground_on"] == "2026-11-19"


def test_r_dp_7_not_even_a_draft_keeps_a_social_security_number(cdas: Visitor) -> None:
    answer = saved(cdas, description=f"Son numéro est {NIR}.")
    assert answer.status_code == 422
    assert answer.json is not None
    assert "sécurité sociale" in str(answer.json["errors"])
    assert "sécurité sociale" in verdict(cdas, description=f"Son numéro est {NIR}.")
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Draft).where(Draft.form_sealed.is_(None))) == 0
        assert all("006" not in (draft.form or "") for draft in session.scalars(select(Draft)))


def test_two_people_on_one_draft_do_not_overwrite_each_other(
    cdas: Visitor, hour: Hour, logged_in: LogIn
) -> None:
    saved(cdas, description="Écrit par l’un.")
    reference = only_ticket().reference
    page = logged_in("other_cdas_agent")
    theirs = {
        **fields_of(page.get(f"/signaler/{reference}"), "#signaler"),
        "description": "Écrit par l’autre.",
    }
    hour.is_now(19, 10, 5)
    assert saved(cdas, description="Repris par l’un.").status_code == 200
    conflict = page.post("/signaler/brouillon", theirs, **JSON)
    assert conflict.status_code == 409
    assert kept_form()["description"] == "Repris par l’un."


def test_a_draft_is_private_to_its_unit(cdas: Visitor, logged_in: LogIn) -> None:
    saved(cdas)
    reference = only_ticket().reference
    assert logged_in("other_cdas_agent").get(f"/signaler/{reference}").status_code == 200
    assert logged_in("cdas_agent_elsewhere").get(f"/signaler/{reference}").status_code == 404
    assert logged_in("caf_agent").get(f"/signaler/{reference}").status_code == 403
    assert logged_in("caf_agent").get(f"/demandes/{reference}").status_code == 404


def test_what_is_no_reference_is_no_draft(cdas: Visitor) -> None:
    for text in ("%00", "UD-0000-0001", "nouveau"):
        assert cdas.get(f"/signaler/{text}").status_code == 404
        assert cdas.post(f"/signaler/{text}", a_form()).status_code == 404
        assert cdas.get(f"/demandes/{text}").status_code == 404
    for address in ("/signaler", "/signaler/brouillon", "/signaler/apercu", "/signaler/texte-cdap"):
        assert cdas.post(address, a_form(reference="\0")).status_code == 404
    assert tickets() == []


def test_a_dictated_reference_opens_its_draft(cdas: Visitor) -> None:
    saved(cdas)
    assert cdas.get(f"/signaler/{only_ticket().reference.lower().replace('-', ' ')}").status_code == 200


def test_r_dp_4_looking_for_a_matricule_on_the_form_is_logged(cdas: Visitor, world: World) -> None:
    verdict(cdas, matricule="12345")
    with reading() as session:
        assert session.scalars(select(AccessEntry)).all() == []
    verdict(cdas, matricule="12 345 67")
    with reading() as session:
        logged = session.scalars(select(AccessEntry)).one()
        assert (logged.act, logged.account_id) == ("search", world.cdas_agent.account_id)


def test_r_dp_4_opening_a_draft_is_logged(cdas: Visitor) -> None:
    saved(cdas)
    ticket = only_ticket()
    cdas.get(f"/signaler/{ticket.reference}")
    cdas.get(f"/signaler/{ticket.reference}/apercu")
    with reading() as session:
        logged = select(func.count()).select_from(AccessEntry).where(AccessEntry.ticket_id == ticket.id)
        assert session.scalar(logged) == 2


def test_the_preview_shows_what_the_caf_will_see_and_sends_it(cdas: Visitor) -> None:
    shown = cdas.post("/signaler/apercu", a_form())
    page = cdas.get(shown.location)
    assert "Plus de versement depuis le 5 octobre" in text_of(page)
    assert "le 19 novembre 2026, sans objection" in text_of(page)
    assert only_ticket().state == "draft"
    sent = cdas.post(f"/signaler/{only_ticket().reference}/envoyer", fields_of(page, "main form"))
    assert sent.location == f"/demandes/{only_ticket().reference}"
    assert only_ticket().state == "submitted"


def test_a_draft_can_be_given_up(cdas: Visitor) -> None:
    saved(cdas)
    cdas.post(f"/signaler/{only_ticket().reference}/supprimer")
    assert only_ticket().state == "cancelled"
    assert "La demande est annulée" in text_of(cdas.get(f"/demandes/{only_ticket().reference}"))
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Draft)) == 0


def test_giving_up_a_draft_does_not_cancel_what_leaves_meanwhile(cdas: Visitor, world: World) -> None:
    saved(cdas)
    reference, token = only_ticket().reference, cdas.token()
    with ThreadPoolExecutor(1) as beside:
        with transaction():
            drafts.send(world.other_cdas_agent, reference, a_submission(), "f" * 32)
            given_up = beside.submit(cdas.post, f"/signaler/{reference}/supprimer", token=token)
            with pytest.raises(FuturesTimeout):  # it waits for the sending
                given_up.result(timeout=1)
        assert given_up.result().status_code == 409
    assert only_ticket().state == "submitted"


def test_a_request_that_has_left_is_no_draft_any_more(cdas: Visitor) -> None:
    cdas.post("/signaler", a_form())
    reference = only_ticket().reference
    assert cdas.get(f"/signaler/{reference}").status_code == 409
    assert cdas.post(f"/signaler/{reference}/supprimer").status_code == 409
    assert only_ticket().state == "submitted"


# ---------------------------------------------------------------- the door
@pytest.mark.parametrize("post", ["caf_secretariat", "caf_agent", "caf_ts", "steering", "auditor", "admin"])
def test_only_a_cdas_reports(logged_in: LogIn, post: str) -> None:
    assert logged_in(post).get("/signaler").status_code == 403
    assert logged_in(post).post("/signaler", a_form()).status_code == 403
    assert tickets() == []


def test_what_was_typed_comes_back_after_an_ended_session(cdas: Visitor) -> None:
    """The form is shown filled again, and nothing is done with it before its author sends it."""
    page = cdas.post("/signaler", {**a_form(), "_refill": "1"})
    assert page.status_code == 200
    assert fields_of(page, "#signaler")["description"] == a_form()["description"]
    assert tickets() == []


def test_every_benefit_can_be_chosen(cdas: Visitor) -> None:
    offered = {str(one["value"]) for one in soup(cdas.get("/signaler")).select("#champ-benefit option")}
    assert offered - {""} == set(Benefit)


def test_every_commune_can_be_chosen_those_of_the_cdas_first(cdas: Visitor) -> None:
    page = soup(cdas.get("/signaler"))
    options = [option.text for option in page.select("#champ-commune option")]
    assert len(options) == 333
    assert options.index("Étrelles (35370)") == options.index("Essé (35150)") + 1, "accents aside"
    first = page.select_one("#champ-commune optgroup")
    assert first is not None
    assert first["label"] == "Votre CDAS"
    assert "Redon (35600)" in first.get_text()
