"""The page of a ticket and what can be done on it: whose turn, who may, what is refused and in which order."""

import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from bs4 import Tag
from pypdf import PdfReader
from sqlalchemy import func, select

from service import clock
from service.database import reading, transaction
from service.models import AccessEntry, Attachment, InternalNote, JournalEntry, Message, Ticket
from service.operations import acts, conversation, files, opening, urgent_rights
from service.operations.calls import record_call
from service.operations.ledger import ledger_of
from service.schemas.acts import ACTS
from service.workflows.urgent_rights import URGENT_RIGHTS
from tests.cost import statements, weight
from tests.factories import REDON, World, a_submitted_ticket
from tests.pages.conftest import Visitor
from tests.pages.hours import Hour, driven_hour
from tests.pages.html import beside, buttons_of, fields_of, plain, soup, summary_of, text_of

LogIn = Callable[..., Visitor]

NIR = "1 85 05 78 006 084 91"
QUESTION = "Pouvez-vous confirmer la date de fin du contrat ?"
PDF = b"%PDF-1.4\nun avis\n%%EOF"


@pytest.fixture(autouse=True)
def hour() -> Iterator[Hour]:
    """A Thursday morning."""
    with driven_hour() as now:
        yield now


@pytest.fixture
def ticket(world: World) -> str:
    """The reference of a request that has just arrived."""
    return a_submitted_ticket(world.cdas_agent, last_name="Démo-Martin", first_name="Camille").reference


@pytest.fixture
def asked(world: World, ticket: str, hour: Hour) -> str:
    """The same, taken by an agent who asks the CDAS a question."""
    hour.is_now(19, 11)
    acts.perform(world.caf_agent, ticket, "take", {})
    acts.perform(world.caf_agent, ticket, "ask", {"question": QUESTION})
    hour.is_now(19, 11, 30)
    return ticket


def ticket_of(reference: str) -> Ticket:
    """The row."""
    with reading() as session:
        return session.scalars(select(Ticket).where(Ticket.reference == reference)).one()


def number_of(what: Any) -> int:
    """How many rows of a table."""
    with reading() as session:
        return session.scalar(select(func.count()).select_from(what)) or 0


def an_act(visitor: Visitor, reference: str, name: str, **typed: str) -> Any:
    """Open the act's own page, fill it in, send it."""
    url = f"/demandes/{reference}/actions/{name}"
    page = visitor.get(url)
    assert page.status_code == 200, page.text
    return visitor.post(url, {**fields_of(page, "main form.card"), **typed})


# ---------------------------------------------------------------- what the page says
def test_the_page_says_whose_turn_it_is_until_when_and_why(logged_in: LogIn, asked: str) -> None:
    page = text_of(logged_in("cdas_agent").get(f"/demandes/{asked}"))
    assert "C’est à vous : la Caf demande un complément" in page
    assert QUESTION in page
    assert "Le délai de la Caf est suspendu : 30 min ouvrées d’attente." in page
    assert "mardi 24 novembre 2026 à 17 h 00" in page
    assert "toute interruption ou forte diminution d’AAH ou de RSA est une urgence définie" in page
    assert "Convention I.2 · règle R-UD-1 a · Convention du 2 décembre 2024" in page
    assert "Démo-Martin Camille" in page


def test_each_side_is_told_its_own_part(logged_in: LogIn, asked: str) -> None:
    page = text_of(logged_in("caf_agent").get(f"/demandes/{asked}"))
    assert "C’est au CDAS : répondre à la question" in page
    assert "vous pourrez répondre après le mardi 1er décembre 2026 à 17 h 00" in page
    assert "Votre délai est suspendu" in page


def test_a_service_is_named_with_its_article(logged_in: LogIn, ticket: str) -> None:
    page = text_of(logged_in("caf_agent").get(f"/demandes/{ticket}"))
    assert "C’est au Secrétariat du service social Caf : orienter la demande" in page


def test_only_the_possible_acts_are_offered(logged_in: LogIn, ticket: str, asked: str) -> None:
    cdas = buttons_of(logged_in("cdas_agent").get(f"/demandes/{asked}"))
    assert "Répondre à la demande" in cdas
    assert "Annuler la demande" in cdas
    assert "Apporter la réponse" not in cdas
    agent = buttons_of(logged_in("caf_agent").get(f"/demandes/{asked}"))
    assert "Apporter la réponse" in agent
    assert "Demander un complément" not in agent


def test_one_primary_button_a_screen(logged_in: LogIn, ticket: str) -> None:
    for post in ("cdas_agent", "caf_secretariat", "caf_agent", "caf_lead"):
        visitor = logged_in(post)
        for url in (f"/demandes/{ticket}", "/demandes", "/", f"/demandes/{ticket}/delais"):
            assert len(soup(visitor.get(url)).select("main .button.primary")) <= 1, (post, url)


def test_r_clk_6_the_explanation_is_that_of_the_operation(logged_in: LogIn, asked: str) -> None:
    page = text_of(logged_in("cdas_agent").get(f"/demandes/{asked}/delais"))
    with reading() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.reference == asked)).one()
        clocks = ledger_of(session, ticket, clock.now()).clocks
    assert {one.name for one in clocks} == {"triage", "take", "answer"}
    for one in clocks:
        assert [sentence for sentence in one.explanation if plain(sentence) not in page] == []


def test_r_clk_5_the_ledger_adds_up_in_the_table_too(logged_in: LogIn, asked: str, hour: Hour) -> None:
    hour.is_now(20, 9)
    page = soup(logged_in("cdas_agent").get(f"/demandes/{asked}"))
    table = page.select_one("#temps-table")
    assert isinstance(table, Tag)
    assert plain(table.select("tr")[-1].get_text(" ")) == "En tout 23 h 00"


def test_what_people_wrote_is_shown_as_text(logged_in: LogIn, world: World) -> None:
    reference = a_submitted_ticket(world.cdas_agent, description="<script>alert(1)</script>").reference
    answer = logged_in("caf_agent").get(f"/demandes/{reference}")
    assert "<script>alert(1)" not in answer.text
    assert "&lt;script&gt;alert(1)" in answer.text


def test_other_open_requests_for_the_matricule_are_linked_when_readable(
    logged_in: LogIn, world: World, ticket: str
) -> None:
    elsewhere = a_submitted_ticket(world.cdas_agent_elsewhere).reference
    assert elsewhere in logged_in("caf_secretariat").get(f"/demandes/{ticket}").text
    assert elsewhere not in logged_in("cdas_agent").get(f"/demandes/{ticket}").text


def test_r_clk_8_an_act_noted_later_says_so(logged_in: LogIn, world: World, ticket: str, hour: Hour) -> None:
    happened = clock.now()
    hour.is_now(19, 14)
    acts.perform(world.caf_agent, ticket, "take", {}, happened_at=happened + timedelta(minutes=30))
    assert "noté le jeudi 19 novembre 2026 à 14 h 00" in text_of(
        logged_in("caf_agent").get(f"/demandes/{ticket}")
    )


def test_a_reference_is_read_as_it_is_dictated(logged_in: LogIn, ticket: str) -> None:
    bare = ticket.replace("-", "").lower()
    page = logged_in("cdas_agent").get(f"/demandes/{bare}")
    assert page.status_code == 200
    assert ticket in text_of(page)


# ---------------------------------------------------------------- who reads what
@pytest.mark.parametrize("page", ["", "/delais", "/actions/take", "/texte-cdap"])
def test_absent_and_not_visible_are_answered_alike(logged_in: LogIn, ticket: str, page: str) -> None:
    """roles.md, invariant 7."""
    stranger = logged_in("cdas_agent_elsewhere")
    hidden, absent = stranger.get(f"/demandes/{ticket}{page}"), stranger.get(f"/demandes/UD-0000-0000{page}")
    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert text_of(hidden) == text_of(absent)


@pytest.mark.parametrize("post", ["caf_ts", "caf_head"])
def test_the_social_service_reads_no_urgent_right(logged_in: LogIn, ticket: str, post: str) -> None:
    """roles.md: urgent rights are not among the kinds that the Caf social service sees."""
    visitor = logged_in(post)
    assert visitor.get(f"/demandes/{ticket}").status_code == 404
    assert ticket not in visitor.get("/demandes").text


@pytest.mark.parametrize("post", ["steering", "auditor", "si_referent", "admin"])
def test_who_has_no_ticket_to_read_gets_none(logged_in: LogIn, ticket: str, post: str) -> None:
    visitor = logged_in(post)
    assert visitor.get(f"/demandes/{ticket}").status_code == 403
    assert visitor.get("/demandes").status_code == 403
    assert visitor.get("/demandes.csv").status_code == 403
    home = visitor.get("/")
    assert home.status_code == 200
    assert ticket not in home.text


def test_r_dp_4_each_reading_is_logged_refusals_too(logged_in: LogIn, ticket: str) -> None:
    logged_in("cdas_agent").get(f"/demandes/{ticket}")
    logged_in("caf_agent").get(f"/demandes/{ticket}/delais")
    logged_in("cdas_agent_elsewhere").get(f"/demandes/{ticket}")
    with reading() as session:
        logged = session.execute(
            select(AccessEntry.unit_id, AccessEntry.refused).order_by(AccessEntry.id)
        ).all()
    assert [tuple(row) for row in logged] == [
        ("cdas-redon", False),
        ("caf-prestations", False),
        ("cdas-vitre", True),
    ]


def test_r_dp_3_notes_stay_in_their_institution(logged_in: LogIn, ticket: str) -> None:
    caf, cdas = logged_in("caf_agent"), logged_in("cdas_agent")
    for visitor, words in ((caf, "Vu avec l’équipe RSA."), (cdas, "La famille rappelle jeudi.")):
        page = visitor.get(f"/demandes/{ticket}")
        sent = visitor.post(
            f"/demandes/{ticket}/notes", {**fields_of(page, "form[action$=notes]"), "note": words}
        )
        assert sent.status_code == 303
    for path in ("", "/delais", "/actions/cancel"):
        assert "équipe RSA" not in cdas.get(f"/demandes/{ticket}{path}").text
        assert "rappelle jeudi" not in caf.get(f"/demandes/{ticket}{path}").text
    assert "Note interne, lue par la Caf seule" in text_of(caf.get(f"/demandes/{ticket}"))


# ---------------------------------------------------------------- the whole story
def test_the_story_of_a_request(logged_in: LogIn, ticket: str) -> None:
    """workflows.md §1: assigned, taken, asked, replied, answered, acknowledged, each with what follows."""
    secretariat, agent, cdas = logged_in("caf_secretariat"), logged_in("caf_agent"), logged_in("cdas_agent")
    story: list[tuple[Visitor, str, dict[str, str], str, str]] = [
        (secretariat, "assign", {}, "assigned", "Affectée"),
        (agent, "take", {}, "in_progress", "Le CDAS est prévenu que quelqu’un s’en occupe."),
        (
            agent,
            "ask",
            {"question": QUESTION},
            "waiting_partner",
            "Le CDAS est prévenu ; le délai de réponse",
        ),
        (cdas, "reply", {"text": "Le 31 août."}, "in_progress", "son délai de réponse court de nouveau"),
        (
            agent,
            "answer",
            {"outcome": "payment_scheduled", "outcome_on": "2026-11-24", "text": "Payé mardi."},
            "answered",
            "il lui reste à accuser réception",
        ),
        (cdas, "acknowledge", {"usefulness": "5"}, "closed", "La demande est close"),
    ]
    for visitor, name, typed, state, said in story:
        done = an_act(visitor, ticket, name, **typed)
        assert (done.status_code, done.location) == (303, f"/demandes/{ticket}")
        assert ticket_of(ticket).state == state
        assert said in text_of(visitor.get(done.location))
    page = text_of(cdas.get(f"/demandes/{ticket}"))
    for line in ("Envoyée", "Affectée : Service Prestations", QUESTION, "Le 31 août.", "Payé mardi."):
        assert line in page
    assert "Tri en 0 min ouvrée" in page
    assert "Clôture en 0 min ouvrée" in page


def test_who_has_answered_goes_on_to_the_next(logged_in: LogIn, ticket: str) -> None:
    """And a year mistyped in the day of a payment is said, with what was typed (R-UD-8)."""
    agent = logged_in("caf_agent")
    an_act(logged_in("caf_secretariat"), ticket, "assign")
    an_act(agent, ticket, "take")
    assert "Prendre la suivante" not in text_of(agent.get(f"/demandes/{ticket}"))
    typed = {"outcome": "payment_scheduled", "outcome_on": "2020-11-24", "text": "Payé mardi."}
    refused = an_act(agent, ticket, "answer", **typed)
    assert (refused.status_code, "à plus d’un an" in beside(refused, "outcome_on")) == (422, True)
    an_act(agent, ticket, "answer", **{**typed, "outcome_on": "2026-11-24"})
    assert "Prendre la suivante" in text_of(agent.get(f"/demandes/{ticket}"))
    assert "suivante" not in text_of(logged_in("cdas_agent").get(f"/demandes/{ticket}"))


def test_what_the_cdas_replied_or_why_it_reopened_stands_where_the_answer_is_written(
    logged_in: LogIn, world: World, asked: str, hour: Hour
) -> None:
    agent, answer = logged_in("caf_agent"), {"outcome": "restored", "text": "Rétabli."}
    acts.perform(world.cdas_agent, asked, "reply", {"text": "Depuis le 3 octobre."})
    for page in (f"/demandes/{asked}", f"/demandes/{asked}/actions/answer"):
        head = soup(agent.get(page)).select_one(".owes, main form")
        assert head is not None
        assert "Depuis le 3 octobre." in plain(head.get_text())
    acts.perform(world.caf_agent, asked, "answer", answer)
    hour.is_now(19, 11, 40)
    acts.perform(world.cdas_agent, asked, "acknowledge", {})
    acts.perform(world.cdas_agent, asked, "reopen", {"reason": "De nouveau rien ce matin."})
    assert "De nouveau rien ce matin." in text_of(agent.get(f"/demandes/{asked}/actions/answer"))


def test_the_caf_s_own_words_during_a_call_are_not_said_to_be_of_the_cdas(
    logged_in: LogIn, world: World
) -> None:
    call = {
        "started_at": clock.now() - timedelta(minutes=9),
        "minutes": 3,
        "answered": True,
        "cdas": "cdas-redon",
    }
    call |= {"benefit": "rsa", "event": "interruption", "remark": "Je regarde et je vous rappelle."}
    record_call(world.caf_agent, call, "key-of-this-call")
    with reading() as session:
        reference = session.scalars(select(Ticket.reference)).one()
    page = soup(logged_in("cdas_agent").get(f"/demandes/{reference}"))
    assert [one for one in page.select(".owes .departement") if "Je regarde" in one.get_text()] == []


def test_a_message_is_no_answer_and_says_so(logged_in: LogIn, world: World, asked: str) -> None:
    cdas, waits = logged_in("cdas_agent"), "La question de la Caf attend toujours votre réponse"
    url, key = f"/demandes/{asked}/messages", {"message": "Bonjour."}
    assert waits in text_of(cdas.get(cdas.post(url, key).location))
    acts.perform(world.cdas_agent, asked, "reply", {"text": "Depuis le 3 octobre."})
    assert waits not in text_of(cdas.get(cdas.post(url, {"message": "Merci."}).location))


@pytest.mark.parametrize("name", [name for name in ACTS if name not in ("complete", "reassign")])
def test_every_act_of_the_table_has_a_page_and_its_refusals(logged_in: LogIn, ticket: str, name: str) -> None:
    """An act that the state does not allow answers 409 with what is possible; to a stranger it does not exist."""
    row = URGENT_RIGHTS.transition(name)
    visitor = logged_in(
        "cdas_agent" if name in ("reply", "acknowledge", "reopen", "contest", "cancel") else "caf_lead"
    )
    page = visitor.get(f"/demandes/{ticket}/actions/{name}")
    if "submitted" in row.source:
        assert page.status_code == 200
        assert set(fields_of(page, "main form.card")) >= {"version"}
    else:
        assert page.status_code == 409
        assert "n’est pas possible" in text_of(page)
    assert logged_in("cdas_agent_elsewhere").get(f"/demandes/{ticket}/actions/{name}").status_code == 404


def test_take_is_one_click_on_the_page_itself(logged_in: LogIn, ticket: str) -> None:
    agent, secretariat = logged_in("caf_agent"), logged_in("caf_secretariat")
    an_act(secretariat, ticket, "assign")
    page = agent.get(f"/demandes/{ticket}")
    form = fields_of(page, "form.inline-act")
    assert set(form) == {"version"}
    assert agent.post(f"/demandes/{ticket}/actions/take", form).status_code == 303
    assert ticket_of(ticket).state == "in_progress"


def test_reply_is_written_on_the_page_itself(logged_in: LogIn, asked: str) -> None:
    cdas = logged_in("cdas_agent")
    form = fields_of(cdas.get(f"/demandes/{asked}"), "form.inline-act")
    assert set(form) == {"version", "text", "act_file", "act_description"}
    assert cdas.post(f"/demandes/{asked}/actions/reply", {**form, "text": "Le 31 août."}).status_code == 303


def test_r_ud_2_a_message_of_an_unknown_cdas_is_completed_first(logged_in: LogIn, world: World) -> None:
    with transaction() as session:
        made = opening.new_ticket(session, "urgent_rights", None, "email", None)
        given = {"matricule": "1234567", "benefit": "rsa"}
        urgent_rights.receive(session, made, given, clock.now(), "URGENCE DEFINIE, merci de rappeler.")
    secretariat, reference = logged_in("caf_secretariat"), made.reference
    page = secretariat.get(f"/demandes/{reference}")
    assert "le CDAS demandeur, le nom, le prénom, la commune, ce qui s’est passé." in text_of(page)
    assert buttons_of(page)[2] == "Compléter"  # after « Imprimer » and « Trier la suivante »
    form = secretariat.get(f"/demandes/{reference}/actions/complete")
    assert "À remplir pour corriger." in plain(soup(form).select_one("#champ-matricule-hint").get_text())
    done = an_act(
        secretariat, reference, "complete", asking_unit="cdas-redon", commune=REDON, event="interruption"
    )
    assert done.status_code == 303
    after = text_of(secretariat.get(done.location))
    assert "CDAS Pays de Redon" in after
    assert "RSA interrompu" in after
    assert ticket_of(reference).state == "submitted"


# ---------------------------------------------------------------- the order of refusal
def test_refusals_come_in_order(logged_in: LogIn, world: World, ticket: str) -> None:
    """404, 403, 409, then what was typed: a bad input tells nothing to who may not act."""
    url, bad = f"/demandes/{ticket}/actions/ask", {"question": "", "version": "2"}
    assert logged_in("cdas_agent_elsewhere").post(url, bad).status_code == 404
    assert logged_in("cdas_agent").post(url, bad).status_code == 403
    agent = logged_in("caf_agent")
    assert agent.post(url, bad).status_code == 409
    acts.perform(world.caf_agent, ticket, "take", {})
    assert agent.post(url, {**bad, "version": "3"}).status_code == 422
    assert agent.post(f"/demandes/{ticket}/actions/auto_close").status_code == 404
    assert agent.get(f"/demandes/{ticket}/actions/submit").status_code == 404


def test_what_is_wrong_is_said_beside_its_field_and_the_text_kept(
    logged_in: LogIn, world: World, ticket: str
) -> None:
    acts.perform(world.caf_agent, ticket, "take", {})
    answer = an_act(
        logged_in("caf_agent"), ticket, "answer", outcome="payment_scheduled", text="Payé bientôt."
    )
    assert answer.status_code == 422
    assert beside(answer, "outcome_on") == "Erreur : Indiquez la date."
    assert "À quelle date ?" in summary_of(answer)
    assert fields_of(answer, "main form.card")["text"] == "Payé bientôt."
    assert ticket_of(ticket).state == "in_progress"


def test_r_clk_3_a_guard_on_what_is_given_shows_the_form_again(logged_in: LogIn, asked: str) -> None:
    answer = an_act(logged_in("caf_agent"), asked, "answer", outcome="restored", text="Rétabli.")
    assert answer.status_code == 422
    assert "n’a pas encore répondu" in summary_of(answer)
    assert fields_of(answer, "main form.card")["text"] == "Rétabli."
    again = {
        **fields_of(answer, "main form.card"),
        "outcome": "restored",
        "how_known": "Par la CPAM, au téléphone.",
    }
    assert logged_in("caf_agent").post(f"/demandes/{asked}/actions/answer", again).status_code == 303


def test_r_ud_8_who_refused_does_not_decide_again(logged_in: LogIn, world: World, ticket: str) -> None:
    no = {"reason": "not_urgent", "sentence": "Hors définition.", "turn_to": "Le 3230."}
    acts.perform(world.caf_agent, ticket, "reject", no)
    acts.perform(world.cdas_agent, ticket, "contest", {"reason": "Le droit est bien interrompu."})
    refuser = logged_in("caf_agent")
    assert "Prendre en charge" not in buttons_of(refuser.get(f"/demandes/{ticket}"))
    answer = refuser.post(f"/demandes/{ticket}/actions/take", {"version": "4"})
    assert answer.status_code == 422
    assert "la seconde lecture revient à une autre personne" in text_of(answer)
    assert "Prendre en charge" in buttons_of(logged_in("other_caf_agent").get(f"/demandes/{ticket}"))


def test_a_stale_tab_is_told_what_changed_and_keeps_its_text(
    logged_in: LogIn, world: World, ticket: str, hour: Hour
) -> None:
    agent = logged_in("caf_agent")
    acts.perform(world.caf_agent, ticket, "take", {})
    begun = fields_of(agent.get(f"/demandes/{ticket}/actions/ask"), "main form.card")
    hour.is_now(19, 10, 10)
    acts.perform(world.cdas_agent, ticket, "cancel", {"reason": "Réglé par téléphone."})
    answer = agent.post(f"/demandes/{ticket}/actions/ask", {**begun, "question": QUESTION})
    assert answer.status_code == 409
    page = text_of(answer)
    assert "elle est maintenant à l’état « Annulée »" in page
    assert "Annulée, jeudi 19 novembre 2026 à 10 h 10, par Essai Cdas Agent, CDAS Pays de Redon." in page
    assert QUESTION in page
    assert number_of(Message) == 1


def test_what_is_missing_is_said_in_one_round_with_what_another_answer_asks(
    logged_in: LogIn, world: World, ticket: str
) -> None:
    acts.perform(world.caf_agent, ticket, "take", {})
    for outcome, asked in (("payment_scheduled", "outcome_on"), ("documents_requested", "outcome_detail")):
        refused = an_act(logged_in("caf_agent"), ticket, "answer", outcome=outcome, text="")
        assert refused.status_code == 422
        said = {name for name in ("text", "outcome_on", "outcome_detail") if beside(refused, name)}
        assert said == {"text", asked}


def test_a_correction_does_not_hide_what_changed_meanwhile(
    logged_in: LogIn, world: World, ticket: str
) -> None:
    agent = logged_in("caf_agent")
    acts.perform(world.caf_agent, ticket, "take", {})
    wrong = an_act(agent, ticket, "ask", question="")
    acts.perform(world.caf_lead, ticket, "reassign", {"holder_id": world.other_caf_agent.account_id})
    again = {**fields_of(wrong, "main form.card"), "question": QUESTION}
    assert agent.post(f"/demandes/{ticket}/actions/ask", again).status_code == 409


def test_a_second_click_is_answered_like_the_first(logged_in: LogIn, ticket: str) -> None:
    agent = logged_in("caf_agent")
    for _ in range(2):
        answer = agent.post(f"/demandes/{ticket}/actions/take", {"version": "2"})
        assert (answer.status_code, answer.location) == (303, f"/demandes/{ticket}")
    assert number_of(JournalEntry) == 3


def test_another_text_from_a_page_left_open_is_no_second_click(logged_in: LogIn, asked: str) -> None:
    cdas = logged_in("cdas_agent")
    first = {**fields_of(cdas.get(f"/demandes/{asked}"), "form[action$=reply]"), "text": "Fin le 31 août."}
    for _ in range(2):
        assert cdas.post(f"/demandes/{asked}/actions/reply", first).status_code == 303
    other = cdas.post(f"/demandes/{asked}/actions/reply", {**first, "text": "Non : fin le 30 juin."})
    assert other.status_code == 409
    assert "Non : fin le 30 juin." in text_of(other)


def test_who_does_not_triage_takes_for_themselves_only(logged_in: LogIn, world: World, ticket: str) -> None:
    page = logged_in("caf_agent").get(f"/demandes/{ticket}/actions/assign")
    offered = [str(one["value"]) for one in soup(page).select("#champ-holder_id option")]
    assert offered == ["", str(world.caf_agent.account_id)]
    forced = {
        "version": "2",
        "unit_id": "caf-prestations",
        "holder_id": str(world.other_caf_agent.account_id),
    }
    answer = logged_in("caf_agent").post(f"/demandes/{ticket}/actions/assign", forced)
    assert answer.status_code == 403


# ---------------------------------------------------------------- messages, notes, files
def test_a_message_is_read_by_both_sides_and_sent_once(logged_in: LogIn, ticket: str) -> None:
    cdas = logged_in("cdas_agent")
    form = {
        **fields_of(cdas.get(f"/demandes/{ticket}"), "form[action$=messages]"),
        "message": "Loyer dû le 5.",
    }
    for _ in range(2):
        assert cdas.post(f"/demandes/{ticket}/messages", form).status_code == 303
    assert number_of(Message) == 1
    assert "Loyer dû le 5." in text_of(logged_in("caf_agent").get(f"/demandes/{ticket}"))
    assert (
        cdas.post(f"/demandes/{ticket}/messages", {**form, "message": "Et autre chose."}).status_code == 303
    )
    assert number_of(Message) == 2


@pytest.mark.parametrize("place", ["message", "note"])
def test_r_dp_7_no_text_keeps_a_social_security_number(logged_in: LogIn, ticket: str, place: str) -> None:
    answer = logged_in("cdas_agent").post(f"/demandes/{ticket}/{place}s", {place: f"C’est le {NIR}."})
    assert answer.status_code == 422
    assert "R-DP-7" in beside(answer, place)
    assert NIR in answer.text
    assert number_of(Message) + number_of(InternalNote) == 0


def test_an_empty_message_is_not_sent(logged_in: LogIn, ticket: str) -> None:
    answer = logged_in("cdas_agent").post(f"/demandes/{ticket}/messages", {"message": "  "})
    assert answer.status_code == 422
    assert beside(answer, "message")


def test_a_file_is_joined_told_and_given_back_as_a_download(logged_in: LogIn, ticket: str) -> None:
    cdas = logged_in("cdas_agent")
    page = cdas.get(f"/demandes/{ticket}")
    assert "Relais ne peut pas lire un document scanné" in text_of(page)
    form = {**fields_of(page, "form[action$=messages]"), "file": (io.BytesIO(PDF), "avis été.pdf")}
    assert cdas.post(f"/demandes/{ticket}/messages", form).status_code == 303
    with reading() as session:
        kept = session.scalars(select(Attachment)).one()
    url = f"/demandes/{ticket}/fichiers/{kept.id}"
    answer = logged_in("caf_agent").get(url)
    assert answer.data == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert logged_in("cdas_agent_elsewhere").get(url).status_code == 404
    with reading() as session:
        downloads = select(AccessEntry.refused).where(AccessEntry.act == "download").order_by(AccessEntry.at)
        assert session.scalars(downloads).all() == [False, True]  # R-DP-4: refusals too


def test_what_a_file_holds_is_asked_and_told_to_both_sides(
    logged_in: LogIn, ticket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RGAA 13.3 (R-26): asked from who joins it, in a sentence; sealed, and shown beside it on screen and on paper."""
    cdas, said = logged_in("cdas_agent"), "Bail signé le 3 mars, deux pages."
    form = {"description": said, "file": (io.BytesIO(b""), "bail.pdf")}
    refused = cdas.post(f"/demandes/{ticket}/messages", form)
    assert refused.status_code == 422
    assert fields_of(refused, "form[action$=messages]")["description"] == said
    form |= {"file": (io.BytesIO(PDF), "bail.pdf")}
    assert cdas.post(f"/demandes/{ticket}/messages", form).status_code == 303
    caf = logged_in("caf_agent")
    assert f"bail.pdf (1 ko) : {said}" in text_of(caf.get(f"/demandes/{ticket}"))
    paper = PdfReader(io.BytesIO(caf.get(f"/demandes/{ticket}/imprimer.pdf").data))
    assert said in plain(" ".join(sheet.extract_text() for sheet in paper.pages))
    with reading() as session:
        kept = session.scalars(select(Attachment)).one()
        assert said.encode() not in (kept.description_sealed or b"")
    monkeypatch.setattr(files, "MAX_BYTES", len(PDF))
    too_large = {"description": said, "file": (io.BytesIO(PDF + b"0"), "bail.pdf")}
    refused = cdas.post(f"/demandes/{ticket}/messages", too_large)
    assert (refused.status_code, "10 Mo" in beside(refused, "file")) == (422, True)
    assert fields_of(refused, "form[action$=messages]")["description"] == said
    too_long = {"description": "x" * 201, "file": (io.BytesIO(PDF), "bail.pdf")}
    assert beside(cdas.post(f"/demandes/{ticket}/messages", too_long), "description")


def test_the_same_file_again_with_what_it_holds_is_no_error(logged_in: LogIn, ticket: str) -> None:
    """Back in the browser, then once more with a sentence: the form's key has served, the second file is joined."""
    cdas = logged_in("cdas_agent")
    form = fields_of(cdas.get(f"/demandes/{ticket}"), "form[action$=messages]")
    for said, joined in (("", 1), ("", 1), ("Le bail.", 2)):
        sent = {**form, "description": said, "file": (io.BytesIO(PDF), "bail.pdf")}
        assert cdas.post(f"/demandes/{ticket}/messages", sent).status_code == 303
        assert number_of(Attachment) == joined


@pytest.mark.parametrize(
    ("name", "content"), [("page.html", b"<script>"), ("avis.pdf", b"pas un PDF"), ("vide.pdf", b"")]
)
def test_what_is_no_document_is_refused_with_the_reason(
    logged_in: LogIn, ticket: str, name: str, content: bytes
) -> None:
    answer = logged_in("cdas_agent").post(
        f"/demandes/{ticket}/messages", {"file": (io.BytesIO(content), name)}
    )
    assert answer.status_code == 422
    assert beside(answer, "file")
    assert number_of(Attachment) == 0


def test_an_ended_request_takes_notes_only(logged_in: LogIn, world: World, ticket: str) -> None:
    acts.perform(world.cdas_agent, ticket, "cancel", {"reason": "Réglé."})
    cdas = logged_in("cdas_agent")
    page = soup(cdas.get(f"/demandes/{ticket}"))
    assert page.select("form[action$=messages]") == []
    assert len(page.select("form[action$=notes]")) == 1
    assert cdas.post(f"/demandes/{ticket}/messages", {"message": "Trop tard."}).status_code == 422
    assert cdas.post(f"/demandes/{ticket}/notes", {"note": "Pour mémoire."}).status_code == 303


# ---------------------------------------------------------------- what it costs
def test_the_number_of_statements_does_not_grow_with_the_ticket(
    logged_in: LogIn, world: World, ticket: str
) -> None:
    agent = logged_in("caf_agent")
    acts.perform(world.caf_agent, ticket, "take", {})

    def add(number: int) -> None:
        conversation.write_message(world.cdas_agent, ticket, f"Message {number}.", f"message-{number}")
        conversation.write_note(world.caf_agent, ticket, f"Note {number}.", f"note-{number}")
        conversation.attach(
            world.cdas_agent, ticket, "avis.pdf", PDF + bytes([number]) + b"%%EOF", f"file-{number}"
        )
        a_submitted_ticket(world.cdas_agent)
        acts.perform(world.caf_agent, ticket, "ask", {"question": QUESTION})
        acts.perform(world.cdas_agent, ticket, "reply", {"text": "Oui."})

    with statements() as bare:
        agent.get(f"/demandes/{ticket}")
    add(0)
    agent.get(f"/demandes/{ticket}")
    with statements() as few:
        agent.get(f"/demandes/{ticket}")
    for number in range(1, 12):
        add(number)
    with statements() as many:
        agent.get(f"/demandes/{ticket}")
    assert len(many) == len(few)
    assert len(bare) <= 9 < len(many) <= 16


def test_a_page_is_light(logged_in: LogIn, ticket: str) -> None:
    """Scripts, styles and fonts included, a page weighs at most 100 kB compressed."""
    cdas = logged_in("cdas_agent")
    for url in ("/", "/signaler", "/demandes", f"/demandes/{ticket}", f"/demandes/{ticket}/delais"):
        assert weight(cdas.get(url).data) <= 100_000, url
