"""« Défaire » in the confirmation of what was just done, on one request or on many, and where nothing can be undone."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from service.database import reading
from service.models import Account, OutboxMail, SavedList, Ticket
from service.operations import acts, answer_models, saved_lists
from service.operations.creation import create_ticket
from service.routes.pages import together
from service.workflows import machine
from service.workflows.answer_models import Wording
from service.workflows.machine import UNDO_WITHIN
from service.workflows.registry import WORKFLOWS
from tests.factories import REDON, World, a_submitted_ticket, today
from tests.operations.test_undoing_social import written
from tests.pages.conftest import Visitor
from tests.pages.hours import Hour, driven_hour
from tests.pages.html import buttons_of, fields_of, soup, text_of
from tests.plays import CONCERTATION, PLAYS

LogIn = Callable[..., Visitor]
UNDO = ".flash form"
MOST_OF_A_COOKIE = 4093


@pytest.fixture(autouse=True)
def hour() -> Iterator[Hour]:
    """A Thursday morning."""
    with driven_hour() as now:
        yield now


def next_page(visitor: Visitor, answer: TestResponse) -> TestResponse:
    """Where the answer leads."""
    assert answer.status_code == 303
    return visitor.get(answer.location)


def undo(visitor: Visitor, page: TestResponse) -> TestResponse:
    """Press « Défaire » in the confirmation, and read what comes."""
    form = soup(page).select_one(UNDO)
    assert form is not None
    return next_page(visitor, visitor.post(str(form["action"]), fields_of(page, UNDO)))


def do(visitor: Visitor, reference: str, name: str, **typed: str) -> TestResponse:
    """Open the form of an act, or the page where it stands, send it, and read what comes."""
    address = f"/demandes/{reference}/actions/{name}"
    form = fields_of(visitor.get(address), "main form")
    return next_page(visitor, visitor.post(address, {**form, **typed}))


def stored(*references: str) -> list[tuple[str, str | None]]:
    """State and unit of these requests."""
    with reading() as session:
        query = select(Ticket.reference, Ticket.state, Ticket.assigned_unit_id)
        found = {row[0]: (row[1], row[2]) for row in session.execute(query)}
    return [found[one] for one in references]


def tick(
    visitor: Visitor, name: str, *references: str, to: str = "", address: str = "/demandes"
) -> TestResponse:
    """Tick these in the list, press the button of the act, and read what comes."""
    page = visitor.get(address)
    boxes = {str(one["value"]) for one in soup(page).select("input[name=ticket]")}
    assert {*references} <= boxes
    button = soup(page).select_one(f"button[formaction='/demandes/ensemble/{name}']")
    assert button is not None
    form = dict(fields_of(page, "form[data-bulk]"))
    form |= {"to": to} if to else {}
    return next_page(visitor, visitor.post(str(button["formaction"]), {**form, "ticket": list(references)}))


# ---------------------------------------------------------------- one request
def test_what_was_just_done_is_undone_from_its_confirmation(logged_in: LogIn, world: World) -> None:
    """ui.md: every action confirms what happened, what follows, and is undone where the rules allow."""
    reference, agent = a_submitted_ticket(world.cdas_agent).reference, logged_in("caf_agent")
    page = do(agent, reference, "take")
    assert "Vous pouvez le défaire pendant 2 minutes" in text_of(page)
    assert "Défaire « Prendre en charge »" in buttons_of(page), "it says what it undoes, beside « Annuler »"
    after = undo(agent, page)
    assert f"Défait aussitôt : {reference}." in text_of(after)
    assert "La demande est comme avant" in text_of(after)
    assert soup(after).select_one(UNDO) is None
    assert stored(reference) == [("submitted", None)]
    assert "Défait aussitôt" in text_of(logged_in("cdas_agent").get(f"/demandes/{reference}"))
    with reading() as session:
        assert session.scalars(select(OutboxMail).where(OutboxMail.event == "take")).all() == []


def test_what_the_other_side_reads_at_once_offers_no_undo(logged_in: LogIn, world: World) -> None:
    """The question, the answer, the refusal: sent is sent."""
    reference, agent = a_submitted_ticket(world.cdas_agent).reference, logged_in("caf_agent")
    do(agent, reference, "take")
    page = do(agent, reference, "ask", question="Depuis quand ?")
    assert soup(page).select_one(UNDO) is None
    refused = agent.post(f"/demandes/{reference}/actions/undo", {"version": "4"})
    assert "ne se défait pas" in text_of(next_page(agent, refused))
    assert stored(reference) == [("waiting_partner", "caf-prestations")]


def test_a_fiche_received_by_mistake_is_undone(logged_in: LogIn, world: World) -> None:
    fiche, agent = written(world, PLAYS["orientation"][0]).reference, logged_in("caf_agent")
    after = undo(agent, do(agent, fiche, "receive"))
    assert f"Défait aussitôt : {fiche}." in text_of(after)
    assert stored(fiche) == [("sent", "caf-prestations")]


@pytest.mark.parametrize(
    ("author", "who", "typed", "offered"),
    [("cdas_agent", "caf_secretariat", "holder_id", True), ("caf_ts", "cdas_head", "concertation_on", False)],
)
def test_what_is_passed_on_is_undone_towards_the_caf_alone(
    logged_in: LogIn, world: World, author: str, who: str, typed: str, offered: bool
) -> None:
    """R-CI-3: towards a CDAS it stands on the agenda of a concertation, and is moved to another."""
    play = next(one for one in PLAYS["co_intervention"] if one.author == author)
    given = {"holder_id": str(world.caf_ts.account_id), "concertation_on": CONCERTATION}
    page = do(logged_in(who), written(world, play).reference, "forward", **{typed: given[typed]})
    assert (soup(page).select_one(UNDO) is not None) is offered
    assert ("Vous pouvez le défaire" in text_of(page)) is offered


def test_too_late_is_said_and_changes_nothing(logged_in: LogIn, world: World, hour: Hour) -> None:
    reference, agent = a_submitted_ticket(world.cdas_agent).reference, logged_in("caf_agent")
    page = do(agent, reference, "take")
    hour.instant += UNDO_WITHIN
    assert "ne se défait plus : 2 minutes sont passées" in text_of(undo(agent, page))
    assert stored(reference) == [("in_progress", "caf-prestations")]


def test_somebody_else_s_act_meanwhile_is_shown_instead(logged_in: LogIn, world: World) -> None:
    reference, agent = a_submitted_ticket(world.cdas_agent).reference, logged_in("caf_agent")
    page = do(agent, reference, "take")
    acts.perform(world.cdas_agent, reference, "cancel", {"reason": "Réglé."})
    form = soup(page).select_one(UNDO)
    assert form is not None
    answer = agent.post(str(form["action"]), fields_of(page, UNDO))
    assert answer.status_code == 409
    assert "Annulée, " in text_of(answer)


def test_a_second_click_is_answered_like_the_first(logged_in: LogIn, world: World) -> None:
    reference, agent = a_submitted_ticket(world.cdas_agent).reference, logged_in("caf_agent")
    page = do(agent, reference, "take")
    undo(agent, page)
    assert f"Défait aussitôt : {reference}." in text_of(undo(agent, page))
    assert stored(reference) == [("submitted", None)]


# ---------------------------------------------------------------- many requests
def test_a_whole_batch_is_undone_in_one_click(logged_in: LogIn, world: World) -> None:
    """All or each: what somebody else has moved since stays as they left it, and is said."""
    references = [a_submitted_ticket(world.cdas_agent).reference for _ in range(3)]
    desk = logged_in("caf_secretariat")
    page = tick(desk, "assign", *references, to=f"caf-prestations/{world.other_caf_agent.account_id}")
    assert f"3 demandes affectées à {world.other_caf_agent.name}." in text_of(page)
    assert "Défaire « Affecter » pour les 3 demandes" in buttons_of(page)
    assert {state for state, _ in stored(*references)} == {"assigned"}
    acts.perform(world.caf_agent, references[0], "take", {})
    after = text_of(undo(desk, page))
    assert "2 demandes remises comme avant." in after
    assert f"1 demande n’a pas été remise comme avant. {references[0]} : " in after
    assert stored(*references) == [
        ("in_progress", "caf-prestations"),
        ("submitted", None),
        ("submitted", None),
    ]


def test_many_are_taken_in_charge_and_confided(logged_in: LogIn, world: World) -> None:
    """The rows that the table offers for many, by who may do them; each is judged on its own."""
    references = [a_submitted_ticket(world.cdas_agent).reference for _ in range(2)]
    agent, desk = logged_in("caf_agent"), logged_in("caf_secretariat")
    assert "2 demandes prises en charge." in text_of(tick(agent, "take", *references))
    assert "/demandes/ensemble/reassign" not in agent.get("/demandes?vue=cours").text
    to = f"caf-prestations/{world.other_caf_agent.account_id}"
    page = tick(desk, "reassign", *references, to=to, address="/demandes?vue=cours")
    assert f"2 demandes confiées à {world.other_caf_agent.name}." in text_of(page)
    with reading() as session:
        assert set(session.scalars(select(Ticket.holder_id))) == {world.other_caf_agent.account_id}
    refused = agent.post("/demandes/ensemble/reassign", {"ticket": references, "to": to})
    said = text_of(next_page(agent, refused))
    both = f"{references[0]}, {references[1]} : Cette demande est suivie par un collègue"
    assert f"2 demandes n’ont pas été confiées. {both}" in said, "a reason is said once"


def test_each_act_on_many_has_its_words() -> None:
    """What is said after it is found by the name that the tables give it; and nothing else is said."""
    offered = {row.name for workflow in WORKFLOWS.values() for row in workflow.transitions if row.on_many}
    assert offered == set(together.DONE) - {machine.UNDO}


def test_who_assigns_is_told_to_whom(logged_in: LogIn, world: World) -> None:
    """To a service by its name, to oneself in the second person."""
    one, two, three = (a_submitted_ticket(world.cdas_agent).reference for _ in range(3))
    desk, agent = logged_in("caf_secretariat"), logged_in("caf_agent")
    said = text_of(tick(desk, "assign", one, to="caf-prestations"))
    assert "1 demande affectée au Service Prestations" in said
    said = text_of(tick(agent, "assign", two, to=f"caf-prestations/{world.caf_agent.account_id}"))
    assert "1 demande affectée à vous." in said
    page = do(agent, three, "assign", unit_id="caf-prestations", holder_id=str(world.caf_agent.account_id))
    assert "Elle revient à votre service : il reste à la prendre en charge." in text_of(page)


@pytest.mark.parametrize(
    ("who", "name", "typed", "said"),
    [
        ("caf_agent", "ask", {"question": "Depuis quand ?"}, "Vous avez demandé un complément"),
        ("cdas_agent", "reply", {"text": "Depuis mars."}, "Vous avez répondu"),
        (
            "caf_agent",
            "answer",
            {"outcome": "restored", "text": "C’est fait."},
            "Vous avez apporté la réponse",
        ),
    ],
)
def test_a_confirmation_speaks_to_who_acted(
    logged_in: LogIn, world: World, who: str, name: str, typed: dict[str, str], said: str
) -> None:
    """« Le CDAS répond » is for those who read the history; who has replied is « vous »."""
    reference = a_submitted_ticket(world.cdas_agent).reference
    acts.perform(world.caf_agent, reference, "take", {})
    if name == "reply":
        acts.perform(world.caf_agent, reference, "ask", {"question": "Depuis quand ?"})
    assert f"{said} : {reference}." in text_of(do(logged_in(who), reference, name, **typed))


def test_what_no_table_offers_for_many_has_no_address(logged_in: LogIn, world: World) -> None:
    reference, desk = a_submitted_ticket(world.cdas_agent).reference, logged_in("caf_secretariat")
    for name in ("reject", "answer", "undo", "cancel", "nothing"):
        assert desk.post(f"/demandes/ensemble/{name}", {"ticket": reference}).status_code == 404
    assert stored(reference) == [("submitted", None)]


def test_r_us_an_emergency_is_not_taken_among_many(logged_in: LogIn, world: World) -> None:
    """Its table does not offer « take » for many: a forged form changes nothing."""
    given = {
        "motives": ["food"],
        "vulnerabilities": ["isolation"],
        "who_accompanies": "nobody",
        "told_on": today(),
    }
    given |= {"last_name": "Exemple-Démo", "first_name": "Essai", "commune": REDON}
    emergency, _ = create_ticket(world.cdas_agent, "social_emergency", given, "key-of-this-test", submit=True)
    head = logged_in("cdas_head")
    answer = head.post("/demandes/ensemble/take", {"ticket": emergency})
    assert "1 demande n’a pas été prise en charge." in text_of(next_page(head, answer))
    assert stored(emergency)[0][0] == "submitted"


def test_a_cdas_is_offered_no_boxes(logged_in: LogIn, world: World) -> None:
    a_submitted_ticket(world.cdas_agent)
    page = soup(logged_in("cdas_agent").get("/demandes"))
    assert page.select("input[name=ticket], button[formaction], [data-tick-all]") == []


def test_a_hundred_at_once_fit_in_the_cookie_that_undoes_them(logged_in: LogIn, world: World) -> None:
    references = [a_submitted_ticket(world.cdas_agent).reference for _ in range(100)]
    desk = logged_in("caf_secretariat")
    sent = desk.post(
        "/demandes/ensemble/assign", {"ticket": references, "to": "caf-prestations", "here": "vue=caf"}
    )
    (cookie,) = (one for one in sent.headers.getlist("Set-Cookie") if one.startswith("relais="))
    assert len(cookie) < MOST_OF_A_COOKIE
    assert "100 demandes remises comme avant." in text_of(undo(desk, desk.get(sent.location)))


# ---------------------------------------------------------------- lists, models, news
def test_a_list_that_was_removed_is_saved_again(logged_in: LogIn, world: World) -> None:
    head = logged_in("cdas_head")
    made = saved_lists.save(world.cdas_head, "Mes RSA", "vue=cours&prestation=rsa", for_unit=True)
    page = next_page(head, head.post(f"/demandes/listes/{made}/supprimer"))
    with reading() as session:
        assert session.scalars(select(SavedList)).all() == []
    assert "« Mes RSA » est enregistrée" in text_of(undo(head, page))
    with reading() as session:
        again = session.scalars(select(SavedList)).one()
    assert (again.name, again.address, again.unit_code) == (
        "Mes RSA",
        "vue=cours&prestation=rsa",
        "cdas-redon",
    )


def test_a_unit_s_model_comes_back_and_one_s_own_is_erased(logged_in: LogIn, world: World) -> None:
    """R-DP-6: what one wrote for oneself goes for good, and no undo is offered."""
    head, wording = logged_in("cdas_head"), Wording("Pièce", "Bonjour, merci.")
    shared = answer_models.write(world.cdas_head, wording, for_unit=True)
    own = answer_models.write(world.cdas_head, wording, for_unit=False)
    page = next_page(head, head.post(f"/modeles-de-reponse/{own}/retirer", {"seen": "1"}))
    assert soup(page).select_one(UNDO) is None
    page = next_page(head, head.post(f"/modeles-de-reponse/{shared}/retirer", {"seen": "1"}))
    agent = logged_in("cdas_agent").post(f"/modeles-de-reponse/{shared}/remettre", {"seen": "2"})
    assert agent.status_code == 403
    assert "se propose de nouveau" in text_of(undo(head, page))
    assert "Bonjour, merci." in head.get(f"/modeles-de-reponse/{shared}").text
    assert head.post(f"/modeles-de-reponse/{shared}/remettre", {"seen": "2"}).status_code == 404


@pytest.mark.parametrize("earlier", [False, True])
def test_all_marked_as_read_is_unread_again(
    logged_in: LogIn, world: World, hour: Hour, *, earlier: bool
) -> None:
    reference, browser = a_submitted_ticket(world.cdas_agent).reference, logged_in("cdas_agent")
    if earlier:
        browser.post("/nouveautes/vues", {"until": "2026-11-16T09:00:00Z"})
    with reading() as session:
        before = session.get_one(Account, world.cdas_agent.account_id).news_seen_at
    hour.is_now(19, 10, 5)
    acts.perform(world.caf_agent, reference, "take", {})
    shown = fields_of(browser.get("/nouveautes"), "main .page-head form")
    hour.is_now(19, 10, 10)
    page = next_page(browser, browser.post("/nouveautes/vues", shown))
    assert reference not in text_of(page)
    assert reference in text_of(undo(browser, page))
    with reading() as session:
        assert session.get_one(Account, world.cdas_agent.account_id).news_seen_at == before
    wrong = browser.post("/nouveautes/vues/annuler", {"until": "hier"})
    assert "Rien n’a été changé" in text_of(next_page(browser, wrong))


def test_a_request_put_forward_is_taken_back(logged_in: LogIn, world: World) -> None:
    reference, agent = a_submitted_ticket(world.cdas_agent).reference, logged_in("caf_agent")
    question = {"question": "Qui rappelle quand la ligne est fermée ?"}
    page = next_page(agent, agent.post(f"/demandes/{reference}/reunion", question))
    assert question["question"] in text_of(page)
    assert question["question"] not in text_of(undo(agent, page))
