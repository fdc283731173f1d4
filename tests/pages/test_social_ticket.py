"""The page of a social request: whose turn it is, which act comes first, what is said of the appointment."""

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any
from uuid import uuid4

import pytest

from service.models import DETAILS
from service.operations import acts
from service.operations.creation import create_ticket
from service.routes.pages import what_follows
from service.schemas.kinds import ACTS, STATEMENTS
from service.workflows.registry import WORKFLOWS
from tests.factories import REDON, World, today
from tests.operations import test_co_intervention as co_intervention
from tests.pages.conftest import Visitor
from tests.pages.html import beside, plain, soup, text_of

LogIn = Callable[..., Visitor]


@pytest.fixture
def db(sqlite_db: str) -> str:
    """A page does not depend on the kind of database."""
    return sqlite_db


@pytest.fixture
def offered(world: World) -> str:
    """A request for an appointment to whose person one was offered."""
    stated = {
        "last_name": "Exemple-Rendez-vous",
        "first_name": "Malo",
        "commune": REDON,
        "source": "cdas",
        "told_on": today(),
        "scope_event": "planned_separation",
        "has_children": True,
        "is_allocataire": True,
    }
    reference, _ = create_ticket(world.cdas_agent, "appointment", stated, str(uuid4()), submit=True)
    meeting = {
        "meeting_on": today(),
        "meeting_time": time(14, 30),
        "place": "Permanence d’Exemple",
        "holder_id": world.caf_ts.account_id,
    }
    acts.perform(world.caf_secretariat, reference, "offer", meeting)
    return reference


def first_act(visitor: Visitor, reference: str) -> str:
    button = soup(visitor.get(f"/demandes/{reference}")).select_one(".owes .button.primary")
    return plain(button.get_text()) if button else ""


def test_r_rv_the_secretariat_is_told_that_the_next_step_is_its_own(logged_in: LogIn, offered: str) -> None:
    desk = logged_in("caf_secretariat")
    assert "C’est à vous : fixer le rendez-vous" in text_of(desk.get(f"/demandes/{offered}"))
    assert first_act(desk, offered) == "Fixer le rendez-vous"


@pytest.mark.parametrize("kind", [kind for kind in STATEMENTS if kind != "urgent_rights"])
def test_an_answer_is_read_as_a_fact_not_as_a_question(kind: str) -> None:
    """ui.md: whoever reads a request was not asked; « À qui ? » means nothing away from its form."""
    schemas = (STATEMENTS[kind], *ACTS[kind].values())
    fields = [
        pair for schema in schemas for pair in schema().fields.items() if hasattr(DETAILS[kind], pair[0])
    ]
    read = {name: field.metadata.get("read_as") or field.metadata.get("label", "") for name, field in fields}
    assert {name: words for name, words in read.items() if words.endswith("?")} == {}


def test_the_page_of_a_request_asks_nothing_in_its_facts(logged_in: LogIn, offered: str) -> None:
    page = soup(logged_in("caf_secretariat").get(f"/demandes/{offered}"))
    labels = [plain(label.get_text()) for label in page.select("#situation ~ dl dt, #situation ~ * dt")]
    assert "Origine de la demande" in labels
    assert [label for label in labels if label.endswith("?")] == []


def test_the_appointment_is_said_in_words_at_the_head(logged_in: LogIn, offered: str) -> None:
    page = text_of(logged_in("caf_ts").get(f"/demandes/{offered}"))
    assert "à 14 h 30, Permanence d’Exemple." in page
    assert "14:30" not in page
    assert "plus rien n’est attendu" not in page


def test_the_form_that_fixes_it_begins_with_the_offer(logged_in: LogIn, world: World, offered: str) -> None:
    desk = logged_in("caf_secretariat")
    page = desk.get(f"/demandes/{offered}/actions/schedule")
    kept = {name: soup(page).select_one(f"[name={name}]") for name in ("meeting_on", "meeting_time", "place")}
    assert {name: field["value"] for name, field in kept.items() if field} == {
        "meeting_on": today().isoformat(),
        "meeting_time": "14:30",
        "place": "Permanence d’Exemple",
    }
    chosen = soup(page).select_one("[name=holder_id] option[selected]")
    assert chosen is not None
    assert chosen["value"] == str(world.caf_ts.account_id)


def test_a_person_who_came_is_the_first_thing_to_note(logged_in: LogIn, world: World, offered: str) -> None:
    acts.perform(world.caf_secretariat, offered, "schedule", {})
    assert first_act(logged_in("caf_ts"), offered) == "Rendez-vous honoré"


def test_a_letter_begins_from_the_request_for_whoever_may_print_it(logged_in: LogIn, offered: str) -> None:
    address = f"/courriers/offre/composer?demande={offered}"
    worker = logged_in("caf_ts")
    assert f'href="{address}"' in worker.get(f"/demandes/{offered}").text
    assert worker.get(address).status_code == 200
    assert address not in logged_in("cdas_agent").get(f"/demandes/{offered}").text


def test_the_list_of_a_social_worker_offers_nothing_that_is_refused(logged_in: LogIn, offered: str) -> None:
    page = logged_in("caf_ts").get("/demandes?vue=cours")
    assert "Noter un appel" not in text_of(page)
    assert "Séparation envisagée" in text_of(page)


def test_home_offers_no_gesture_that_it_then_refuses(logged_in: LogIn, world: World) -> None:
    for post in ("caf_ts", "caf_head", "caf_agent", "caf_secretariat", "cdas_agent"):
        visitor = logged_in(post)
        offered = "Noter un appel" in visitor.get("/").text
        assert offered is (visitor.get("/appels/nouveau").status_code == 200), post


def test_a_co_intervention_asked_by_the_caf_waits_for_a_concertation(logged_in: LogIn, world: World) -> None:
    given = {
        "last_name": "Exemple-Concertation",
        "first_name": "Malo",
        "commune": REDON,
        "agreed_on": today(),
        "agreement_collected_by": "Camille Exemple",
        "regime": "rsa",
        "need_detail": "Deux regards.",
        "receiving_unit": "cdas-redon",
    }
    reference = create_ticket(world.caf_ts, "co_intervention", given, str(uuid4()), submit=True)[0]
    page = text_of(logged_in("cdas_head").get(f"/demandes/{reference}"))
    assert "À inscrire en concertation" in page
    assert "C’est à vous : inscrire la demande en concertation" in page
    assert "À inscrire en concertation" in logged_in("cdas_head").get("/demandes").text


@pytest.fixture
def accepted(world: World) -> str:
    """A relay from a CDAS to the Caf that neither side has confirmed."""
    given = {
        "last_name": "Exemple-Relais",
        "first_name": "Malo",
        "commune": REDON,
        "agreed_on": today(),
        "agreement_collected_by": "Camille Exemple",
        "regime": "ordinary",
        "relay_case": "closing_talk",
        "known_to_receiver": "few",
        "communication": "oral",
        "communicated_on": today(),
        "communicated_by": "Camille Exemple",
        "communicated_to": "Dominique Démo",
        "communication_content": "Situation présentée.",
        "scope_event": "separation",
        "scope_event_on": today() - timedelta(days=60),
        "has_children": True,
        "is_allocataire": True,
    }
    reference = create_ticket(world.cdas_agent, "handover", given, str(uuid4()), submit=True)[0]
    acts.perform(world.caf_secretariat, reference, "forward", {"holder_id": world.caf_ts.account_id})
    acts.perform(world.caf_ts, reference, "accept", {"holder_id": world.caf_ts.account_id})
    return reference


@pytest.mark.parametrize(
    ("first", "first_unit", "then", "then_unit"),
    [
        ("cdas_agent", "CDAS Pays de Redon", "caf_ts", "Service social Caf"),
        ("caf_ts", "Service social Caf", "cdas_agent", "CDAS Pays de Redon"),
    ],
)
def test_r_pr_6_both_sides_are_told_to_confirm(
    logged_in: LogIn, accepted: str, first: str, first_unit: str, then: str, then_unit: str
) -> None:
    for post in (first, then):
        page = text_of(logged_in(post).get(f"/demandes/{accepted}"))
        assert "C’est à vous et à l’autre service : confirmer le relais" in page
        assert "Reste à confirmer : CDAS Pays de Redon et Service social Caf." in page
        assert first_act(logged_in(post), accepted) == "Confirmer le relais"

    visitor = logged_in(first)
    assert visitor.post(f"/demandes/{accepted}/actions/confirm", {}).status_code == 303
    page = text_of(visitor.get(f"/demandes/{accepted}"))
    assert f"Reste à confirmer : {then_unit}." in page
    assert "C’est à vous" not in page
    page = text_of(logged_in(then).get(f"/demandes/{accepted}"))
    assert "C’est à vous : confirmer le relais" in page
    assert first_act(logged_in(then), accepted) == "Confirmer le relais"


def test_r_ac_an_accompaniment_that_opens_is_confirmed_with_its_place_in_the_register(
    logged_in: LogIn, world: World, offered: str
) -> None:
    acts.perform(world.caf_secretariat, offered, "schedule", {})
    acts.perform(world.caf_ts, offered, "hold", {})
    worker = logged_in("caf_ts")
    typed = {
        "outcome": "accompaniment_opened",
        "event": "separation",
        "term_on": (today() + timedelta(days=90)).isoformat(),
        "matricule": "7654321",
    }
    done = worker.post(f"/demandes/{offered}/actions/close", typed)
    assert done.status_code == 303
    said = soup(worker.get(done.location)).select_one(".flash.success")
    assert said is not None
    assert "L’accompagnement est ouvert au registre du service social." in plain(said.get_text(" "))
    link = said.select_one("a")
    assert link is not None
    assert worker.get(str(link["href"])).status_code == 200


def test_a_request_closed_otherwise_speaks_of_no_register(
    logged_in: LogIn, world: World, offered: str
) -> None:
    acts.perform(world.caf_secretariat, offered, "schedule", {})
    acts.perform(world.caf_ts, offered, "hold", {})
    worker = logged_in("caf_ts")
    done = worker.post(f"/demandes/{offered}/actions/close", {"outcome": "information_only"})
    assert "au registre" not in text_of(worker.get(done.location))


def emergency(world: World, **changes: Any) -> str:
    given = {
        "last_name": "Exemple-Urgence",
        "first_name": "Malo",
        "commune": REDON,
        "told_on": today(),
        "motives": ["food"],
        "vulnerabilities": ["isolation"],
        "who_accompanies": "caf_worker",
        "referent_name": "Dominique Démo",
        "referent_source": "person",
        **changes,
    }
    return create_ticket(world.cdas_agent, "social_emergency", given, str(uuid4()), submit=True)[0]


def test_r_us_3_an_emergency_is_not_redirected_to_where_it_is(logged_in: LogIn, world: World) -> None:
    page = soup(logged_in("caf_secretariat").get(f"/demandes/{emergency(world)}/actions/redirect"))
    assert [one["value"] for one in page.select("[name=redirect_to]")] == ["cdas"]


def test_what_a_form_calls_your_service_is_named_for_whoever_reads_it(logged_in: LogIn, world: World) -> None:
    given = {
        "last_name": "Exemple-Avis",
        "first_name": "Malo",
        "commune": REDON,
        "told_on": today(),
        "regime": "ordinary",
        "need": "complexity",
        "need_detail": "Deux regards.",
        "asking_opinion_on": today(),
        "asking_participants": "Essai",
        "asking_opinion": "Favorable.",
    }
    reference = create_ticket(world.caf_ts, "co_intervention", given, str(uuid4()), submit=True)[0]
    head = logged_in("cdas_head")
    page = text_of(head.get(f"/demandes/{reference}"))
    assert "Avis du service demandeur" in page
    assert "Avis de votre service" not in page


def test_each_step_says_who_owes_it(logged_in: LogIn, accepted: str) -> None:
    page = soup(logged_in("caf_ts").get(f"/demandes/{accepted}"))
    steps = [plain(one.get_text(" ")) for one in page.select("ol.steps li")]
    assert steps == [
        "À transmettre – le secrétariat de la Caf",
        "Transmis – le service social de la Caf",
        "Accepté – les deux services (étape actuelle)",
    ]


def test_r_us_3_an_emergency_that_stays_says_what_it_made_and_to_whom_it_speaks(
    logged_in: LogIn, world: World
) -> None:
    agent = logged_in("cdas_agent")
    typed = {
        "last_name": "Exemple-Urgence",
        "first_name": "Malo",
        "commune": REDON,
        "ground": "told",
        "motives": "food",
        "vulnerabilities": "isolation",
        "who_accompanies": "nobody",
        "scope_event": "separation",
        "scope_event_on": (today() - timedelta(days=60)).isoformat(),
        "has_children": "true",
        "is_allocataire": "true",
        "answer_given": "received",
        "answered_on": today().isoformat(),
        "then": "send",
    }
    sent = agent.post("/nouvelle/social_emergency", typed)
    assert sent.status_code == 303
    page = agent.get(sent.location)
    said = soup(page).select_one(".flash.success")
    assert said is not None
    assert "Une demande de rendez-vous est faite au service social de la Caf : RV-" in plain(
        said.get_text(" ")
    )
    assert "Lu par votre service" in text_of(page)
    assert "Envoyer ailleurs" not in text_of(page)


def test_r_us_4_an_emergency_that_asks_for_no_appointment_says_why(logged_in: LogIn, world: World) -> None:
    """One's own service keeps it, and is not « the service that is told »."""
    agent = logged_in("cdas_agent")
    typed = {
        "last_name": "Exemple-Urgence",
        "first_name": "Malo",
        "commune": REDON,
        "ground": "told",
        "motives": "food",
        "vulnerabilities": "isolation",
        "who_accompanies": "nobody",
        "answer_given": "received",
        "answered_on": today().isoformat(),
        "then": "send",
    }
    for more, why in (({}, "n’est pas indiqué"), ({"scope_event": "planned_separation"}, "enfant")):
        sent = agent.post("/nouvelle/social_emergency", {**typed, **more})
        said = text_of(agent.get(sent.location))
        assert "Elle reste à votre service" in said
        assert "Aucun rendez-vous n’est demandé au service social de la Caf" in said
        assert why in said


@pytest.mark.parametrize("code", ["unreachable", ""])
def test_r_us_1_a_code_stands_for_why_the_person_was_not_told(
    logged_in: LogIn, world: World, code: str
) -> None:
    agent = logged_in("cdas_agent")
    typed = {
        "last_name": "Exemple-Urgence",
        "first_name": "Malo",
        "commune": REDON,
        "ground": "not_told",
        "motives": "child_protection",
        "vulnerabilities": "none_seen",
        "not_told_code": code,
        "who_accompanies": "cdas_same",
        "then": "send",
    }
    assert agent.post("/nouvelle/social_emergency", typed).status_code == (303 if code else 422)


def test_a_request_for_an_appointment_says_that_no_number_is_known(logged_in: LogIn, world: World) -> None:
    stated = {
        "last_name": "Exemple-Rendez-vous",
        "first_name": "Malo",
        "commune": REDON,
        "source": "cdas",
        "told_on": today(),
        "scope_event": "none",
        "out_of_scope_reason": "Elle le demande.",
    }
    desk, unknown = logged_in("caf_secretariat"), "Aucun numéro de téléphone n’est indiqué."
    for more, said in (({}, True), ({"phone": "02 99 00 00 00"}, False)):
        given = {**stated, **more}
        made, _ = create_ticket(world.cdas_agent, "appointment", given, str(uuid4()), submit=True)
        assert (unknown in text_of(desk.get(f"/demandes/{made}"))) is said


def test_who_asks_from_a_cdas_is_not_asked_where_it_comes_from(logged_in: LogIn, world: World) -> None:
    for who, begun in (("cdas_agent", ["cdas"]), ("caf_secretariat", [])):
        page = soup(logged_in(who).get("/nouvelle/appointment"))
        assert [one["value"] for one in page.select("input[name=source][checked]")] == begun


@pytest.mark.parametrize(("regime", "asked"), [("ordinary", True), ("child_protection", False)])
def test_r_ci_2_an_opinion_is_expected_or_not_asked(
    logged_in: LogIn, world: World, regime: str, asked: bool
) -> None:
    """R-CI-4: what a refused one asks for is said in the same round."""
    reference = co_intervention.sent(world.cdas_agent, regime=regime)
    acts.perform(world.caf_secretariat, reference, "forward", {"holder_id": world.caf_ts.account_id})
    page, url = logged_in("caf_ts"), f"/demandes/{reference}/actions/record_opinion"
    shown = soup(page.get(url)).select_one("#champ-opinion")
    assert (shown is not None) is asked
    if shown is not None:
        assert "facultatif" not in shown.get_text()
    refused = page.post(url, {"opinion": "unfavourable"} if asked else {})
    said = {name for name in ("exchange_on", "participants", "opinion_reason") if beside(refused, name)}
    assert said == {"exchange_on", "participants", *(["opinion_reason"] if asked else [])}


def test_what_follows_speaks_of_acts_that_the_tables_have() -> None:
    for name, state in what_follows._WHERE_IT_LED:
        assert any(
            row.name == name and state in {code.code for code in workflow.states}
            for workflow in WORKFLOWS.values()
            for row in workflow.transitions
        ), name
    for kind, name in what_follows._BACK_TO_THE_READER:
        assert WORKFLOWS[kind].transition(name).follows, (kind, name)
