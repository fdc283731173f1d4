"""The opening page of each kind: its parts, what it asks of whom, and what it says when something is missing."""

import re
from collections import defaultdict
from collections.abc import Callable

import pytest
from sqlalchemy import select

from service import chance
from service.database import reading
from service.models import Ticket
from service.routes.pages.views.forms import form_fields
from service.schemas.circuits import TO_CAF, TO_CDAS
from service.schemas.kinds import STATEMENTS
from service.schemas.statement import typed_names
from service.workflows import reference as references
from service.workflows.registry import WORKFLOWS
from service.workflows.stated import errors_of
from tests.factories import REDON, World, today
from tests.pages.conftest import Visitor
from tests.pages.html import soup

Enter = Callable[..., Visitor]
_MISSING = "Cette réponse manque."
_KINDS = [kind for kind in STATEMENTS if kind not in ("urgent_rights", "child_protection_notice")]


def _named(page: str) -> list[str]:
    return re.findall(r'id="champ-(\w+)" ', page)


@pytest.mark.parametrize("kind", _KINDS)
def test_every_field_has_one_place_in_a_part(logged_in: Enter, world: World, kind: str) -> None:
    page = logged_in("cdas_agent").get(f"/nouvelle/{kind}").text
    assert "Autres réponses" not in page
    assert WORKFLOWS[kind].label in page
    for name in set(re.findall(r'name="(\w+)"', page)) & set(typed_names(kind)):
        assert len(re.findall(rf'id="champ-{name}"', page)) == 1, name


@pytest.mark.parametrize("kind", _KINDS)
def test_everything_that_is_missing_is_said_at_once(logged_in: Enter, world: World, kind: str) -> None:
    visitor = logged_in("cdas_agent")
    answer = visitor.post(f"/nouvelle/{kind}", {"first_name": "Anne", "then": "send"})
    assert answer.status_code == 422
    summary = re.search(r'<div class="error-summary".*?</div>', answer.text, re.DOTALL)
    assert summary is not None
    said = re.findall(r'href="#champ-(\w+)"', summary[0])
    assert {"last_name", "commune", "ground"} <= set(said)
    asked = STATEMENTS[kind]().fields.items()
    always = {name for name, field in asked if field.required or field.metadata.get("needed")}
    assert always <= set(said)
    assert said == [name for name in _named(answer.text) if name in said], "in the order of the page"
    assert 'value="Anne"' in answer.text


@pytest.mark.parametrize(
    ("post", "kind", "typed", "wrong"),
    [
        (
            "cdas_agent",
            "co_intervention",
            {"regime": "ordinary"},
            {"asking_opinion_on", "asking_participants", "need"},
        ),
        ("cdas_agent", "handover", {"relay_case": "other"}, {"relay_case_detail"}),
        ("cdas_agent", "appointment", {"scope_event": "separation", "has_children": "x"}, {"scope_event_on"}),
        ("cdas_agent", "orientation", {"accompanied_by": "external"}, {"accompanied_by_name"}),
        ("cdas_agent", "social_emergency", {"danger": "1"}, {"danger_reason"}),
        ("caf_ts", "child_protection_notice", {"family_informed": "informed"}, {"family_informed_on"}),
    ],
)
def test_what_another_answer_makes_wrong_is_said_with_what_is_missing(
    logged_in: Enter, world: World, post: str, kind: str, typed: dict[str, str], wrong: set[str]
) -> None:
    """In one round, as « Signaler » does: the name that misses, and what is asked because of another answer."""
    answer = logged_in(post).post(f"/nouvelle/{kind}", {**typed, "then": "send"})
    assert answer.status_code == 422
    said = {str(link["href"]) for link in soup(answer).select(".error-summary a")}
    assert {f"#champ-{name}" for name in {"last_name", *wrong}} <= said


def test_what_can_not_be_read_is_said_with_what_is_missing(logged_in: Enter, world: World) -> None:
    answer = logged_in("cdas_agent").post("/nouvelle/appointment", {"matricule": "12", "then": "send"})
    assert answer.status_code == 422
    assert 'id="champ-matricule-error"' in answer.text
    assert 'id="champ-last_name-error"' in answer.text


def test_a_relay_offers_only_the_cases_of_its_direction(logged_in: Enter, world: World) -> None:
    page = logged_in("cdas_agent").get("/nouvelle/handover").text
    assert 'value="trust_and_event"' in page
    assert 'value="lasting_difficulties"' not in page
    page = logged_in("caf_ts").get("/nouvelle/handover").text
    assert 'value="lasting_difficulties"' in page
    assert 'value="trust_and_event"' not in page


def test_what_is_always_refused_when_empty_is_not_called_optional(logged_in: Enter, world: World) -> None:
    """R-CI-4, R-EL: the professional of the CDAS, the family's event; an agreement without a day is of today."""
    page = logged_in("cdas_agent").get("/nouvelle/co_intervention").text
    labels = (
        r'<label for="champ-cdas_professional">(.*?)</label>',
        r"<legend>Événement vécu par la famille(.*?)</legend>",
        r'<label for="champ-ground_on">(.*?)</label>',
    )
    optional = ["facultatif" in said for label in labels for said in re.findall(label, page)]
    assert optional == [False, False, True]


@pytest.mark.parametrize("kind", _KINDS)
@pytest.mark.parametrize("direction", [TO_CAF, TO_CDAS])
def test_what_another_answer_makes_visible_is_optional_unless_it_is_refused_when_empty(
    kind: str, direction: str
) -> None:
    shown = form_fields(STATEMENTS[kind], {}, {}, defaultdict(list), direction=direction)
    asked_by_another = [field for field in shown if field["shown_when"]]
    for field in asked_by_another:
        name, values = field["shown_when"].split("=")
        refused = set[bool]()
        for value in values.split("|"):
            given = {name: [value] if name == "motives" else value}
            refused.add(field["name"] in errors_of(kind, given, today(), to_caf=direction == TO_CAF))
        assert field["required"] in refused, field["name"]
    assert asked_by_another or kind == "rights_meeting"


def test_a_danger_asks_which_one_when_its_box_is_ticked(logged_in: Enter, world: World) -> None:
    page = logged_in("cdas_agent").get("/nouvelle/social_emergency").text
    ticked = re.search(r'<input type="checkbox" value="(\w+)" id="champ-danger"', page)
    assert ticked is not None
    asked = re.search(r'id="champ-danger_reason"[^>]*data-shown-when="danger=(\w+)"', page, re.DOTALL)
    assert asked is not None
    assert asked[1] == ticked[1]


@pytest.mark.parametrize("kind", ["co_intervention", "handover"])
def test_the_secretariat_says_for_whom_and_how_it_came(logged_in: Enter, world: World, kind: str) -> None:
    answer = logged_in("caf_secretariat").get(f"/nouvelle/{kind}")
    assert answer.status_code == 200
    assert 'name="asking_unit"' in answer.text
    assert 'name="channel"' in answer.text


def test_r_pr_1_a_relay_offers_no_answer_that_is_always_refused(logged_in: Enter, world: World) -> None:
    page = logged_in("cdas_agent").get("/nouvelle/handover").text
    assert re.findall(r'name="ground" value="(\w+)"', page) == ["agreed"]
    assert 'name="reason_not_told"' not in page
    assert 'value="objected"' in logged_in("cdas_agent").get("/nouvelle/appointment").text


def test_the_steps_say_who_owes_them(logged_in: Enter, world: World) -> None:
    page = logged_in("caf_ts").get("/nouvelle/co_intervention").text
    assert 'À inscrire en concertation <span class="soft small">– le CDAS</span>' in page


@pytest.mark.parametrize("kind", ["co_intervention", "handover"])
def test_r_el_the_scope_of_the_caf_is_not_asked_of_the_caf(logged_in: Enter, world: World, kind: str) -> None:
    assert "Ce que vit la famille" in logged_in("cdas_agent").get(f"/nouvelle/{kind}").text
    page = logged_in("caf_ts").get(f"/nouvelle/{kind}").text
    assert "Ce que vit la famille" not in page
    assert 'name="out_of_scope_reason"' not in page


# ---------------------------------------------------------------- the draft that keeps itself
KEY = "a" * 32
JSON = {"Accept": "application/json"}


def _typed(**changes: str) -> dict[str, str]:
    return {"form_key": KEY, "reference": "", "version": "", "last_name": "Exemple", **changes}


def test_a_draft_keeps_itself_and_is_one_whatever_is_lost_on_the_way(logged_in: Enter, world: World) -> None:
    """Typed on after an answer that never came: the same draft; then the page knows it, and takes it up."""
    visitor, address = logged_in("cdas_agent"), "/nouvelle/handover/brouillon"
    assert f'data-autosave-url="{address}"' in visitor.get("/nouvelle/handover").text
    first = visitor.post(address, _typed(), **JSON).json
    again = visitor.post(address, _typed(first_name="Démo"), **JSON).json
    assert first["reference"] == again["reference"]
    known = {"reference": again["reference"], "version": again["version"], "first_name": "Essai"}
    assert visitor.post(address, _typed(**known), **JSON).status_code == 200
    taken_up = visitor.get(f"/nouvelle/handover/{first['reference']}").text
    assert 'value="Essai"' in taken_up
    assert 'value="Exemple"' in taken_up


def test_r_dp_1_nobody_writes_over_the_draft_of_another_cdas(logged_in: Enter, world: World) -> None:
    """The answer is that of a reference that does not exist."""
    address = "/nouvelle/handover/brouillon"
    made = logged_in("cdas_agent").post(address, _typed(), **JSON).json
    stranger, typed = logged_in("cdas_agent_elsewhere"), _typed(version=made["version"], last_name="Autre")
    theirs, absent = (
        stranger.post(address, {**typed, "reference": reference}, **JSON)
        for reference in (made["reference"], references.new("PR", chance.choose))
    )
    assert theirs.status_code == absent.status_code == 404
    taken_up = logged_in("cdas_agent").get(f"/nouvelle/handover/{made['reference']}").text
    assert 'value="Exemple"' in taken_up


def test_r_dp_7_what_is_refused_leaves_no_draft_behind(logged_in: Enter, world: World) -> None:
    visitor = logged_in("cdas_agent")
    refused = visitor.post("/nouvelle/handover/brouillon", _typed(last_name="184127645108946"), **JSON)
    assert refused.status_code == 422
    with reading() as session:
        assert session.scalars(select(Ticket)).all() == []


@pytest.mark.parametrize(
    ("post", "kind"),
    [("caf_secretariat", "handover"), ("caf_ts", "child_protection_notice"), ("cdas_agent", "urgent_rights")],
)
def test_none_keeps_itself_before_one_knows_for_whom_or_where_no_list_shows_it(
    logged_in: Enter, world: World, post: str, kind: str
) -> None:
    visitor = logged_in(post)
    assert "data-autosave-url" not in visitor.get(f"/nouvelle/{kind}").text
    assert visitor.post(f"/nouvelle/{kind}/brouillon", _typed(), **JSON).status_code == 404


def test_r_pr_5_a_relay_of_child_protection_is_prepared_as_a_co_intervention(
    logged_in: Enter, world: World
) -> None:
    """With what was typed: also what was told of the relay, which the other form asks as the need."""
    visitor = logged_in("cdas_agent")
    given = {
        "last_name": "Exemple-Relais",
        "first_name": "Anne",
        "matricule": "1234567",
        "commune": REDON,
        "ground": "agreed",
        "agreed_on": str(today()),
        "agreement_collected_by": "Camille Exemple",
        "regime": "child_protection",
        "relay_case": "closing_talk",
        "known_to_receiver": "few",
        "communication": "oral",
        "communicated_on": str(today()),
        "communicated_by": "Camille Exemple",
        "communicated_to": "Dominique Démo",
        "communication_content": "Situation présentée au téléphone.",
        "scope_event": "none",
        "then": "send",
    }
    refused = visitor.post("/nouvelle/handover", given)
    assert refused.status_code == 422
    [offered] = soup(refused).select('form[action="/nouvelle/co_intervention"]')
    answers = {str(one["name"]): str(one["value"]) for one in offered.select("input[type=hidden]")}
    kept = visitor.post("/nouvelle/co_intervention", {**answers, "then": "keep"})
    draft = visitor.get(str(kept.headers["Location"])).text
    for words in ("Exemple-Relais", "1234567", "Situation présentée au téléphone."):
        assert words in draft
    assert "Dominique Démo" not in draft
