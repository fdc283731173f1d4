"""« Aide »: guide, rules and circuits as docs/ and the code have them; « Pourquoi ? » where a rule applies."""

import re
from collections.abc import Callable
from html import unescape

import pytest

from service import handbook
from service.permissions import Role
from service.routes.pages.help_pages import OWN
from service.workflows.diagram import arcs
from service.workflows.registry import WORKFLOWS
from tests.factories import World, a_submitted_ticket
from tests.pages.conftest import Visitor
from tests.pages.html import text_of

Enter = Callable[..., Visitor]
WHY = re.compile(r'<details class="more why[^>]*>(.*?)</details>', re.DOTALL)


def whys(page: str) -> str:
    """All that « Pourquoi ? » says on a page."""
    return unescape(" ".join(WHY.findall(page)))


# ---------------------------------------------------------------- the text of docs/
def test_a_rule_says_what_docs_says() -> None:
    assert str(handbook.rules()["R-CI-5"].says) == (
        "Qui fait quoi, et la date de l’échange avec la famille, viennent avant le démarrage."
    )
    assert [one.id for one in handbook.named("R-UD-1, R-DP-2 et R-UD-1, R-ZZ-9")] == ["R-UD-1", "R-DP-2"]
    assert handbook.named(None) == []


def test_a_link_leads_to_a_page_or_keeps_its_words_and_html_does_not_pass() -> None:
    text = "[ici](rules.md) et [là](exploitation.md)\n\n<script>x</script> ![une vue](guide/a.webp)"
    said = handbook.html(
        text, lambda link: {"rules.md": "/aide/regles", "guide/a.webp": "/vue"}.get(link, "")
    )
    assert '<a href="/aide/regles">ici</a> et là' in said
    assert "<script" not in said
    assert '<img src="/vue" alt="une vue" loading="lazy" />' in said


# ---------------------------------------------------------------- the pages
def test_help_is_at_the_foot_of_every_page_and_open_before_one_logs_in(visitor: Visitor) -> None:
    assert 'href="/aide"' in visitor.get("/connexion").text
    page = visitor.get("/aide").text
    assert "Pour commencer" in page
    for url in re.findall(r'href="(/aide/guide/[^"]+)"', page):
        assert visitor.get(url).status_code == 200, url


def test_each_role_finds_its_own_chapters_first(logged_in: Enter) -> None:
    slugs = {one.slug for one in handbook.chapters("guide.md")}
    assert set(OWN) == set(Role)
    for role, own in OWN.items():
        assert set(own) <= slugs, role
        first = logged_in(role.value).get("/aide").text.split("Le reste du guide")[0]
        assert all(f"/aide/guide/{slug}" in first for slug in own), role


def test_every_chapter_says_all_that_docs_guide_says(visitor: Visitor) -> None:
    for one in handbook.chapters("guide.md")[1:]:
        page = text_of(visitor.get(f"/aide/guide/{one.slug}"))
        labels = re.findall(r"« [^»]+ »", one.text)
        assert [label for label in labels if " ".join(label.split()) not in page] == [], one.slug
    assert visitor.get("/aide/guide/ailleurs").status_code == 404


def test_every_rule_can_be_reached_by_its_id(visitor: Visitor) -> None:
    page = visitor.get("/aide/regles").text
    assert [rule for rule in handbook.rules() if page.count(f'id="{rule}"') != 1] == []


def test_the_circuits_show_every_state_and_act_of_the_tables(visitor: Visitor) -> None:
    page = visitor.get("/aide/circuits")
    said = text_of(page)
    for workflow in WORKFLOWS.values():
        assert all(f">{state.label}</text>" in unescape(page.text) for state in workflow.states)
        assert all(row.label in said for row in workflow.transitions)


@pytest.mark.parametrize("kind", sorted(WORKFLOWS))
def test_the_drawing_has_each_arrow_once_and_no_two_on_the_same_stretch(kind: str) -> None:
    workflow = WORKFLOWS[kind]
    codes = [state.code for state in workflow.states]
    wanted = {
        (source, landing)
        for row in workflow.transitions
        for source in row.source
        for landing in row.landings(source)
        if landing != source
    }
    drawn = arcs(workflow)
    assert sorted((codes[arc.source], codes[arc.target]) for arc in drawn) == sorted(wanted)
    lanes = [
        (arc.back, arc.level, place)
        for arc in drawn
        if arc.level
        for place in range(min(arc.source, arc.target), max(arc.source, arc.target))
    ]
    assert len(lanes) == len(set(lanes))


def test_the_drawing_of_a_notice_is_this_one() -> None:
    """Straight down from state to state; from the draft to its end by the side."""
    workflow = WORKFLOWS["child_protection_notice"]
    codes = [state.code for state in workflow.states]
    assert {(codes[arc.source], codes[arc.target], arc.level) for arc in arcs(workflow)} == {
        ("draft", "sent", 0),
        ("sent", "received", 0),
        ("received", "assessed", 0),
        ("draft", "cancelled", 1),
    }


def test_a_picture_that_is_none_of_the_guide_is_not_found(visitor: Visitor) -> None:
    for name in ("absente.webp", "..%2Fguide.md", "guide.md"):
        assert visitor.get(f"/aide/images/{name}").status_code == 404, name


def test_a_browser_keeps_the_pictures_and_asks_whether_they_changed(visitor: Visitor) -> None:
    """They hold invented people only; what is refused is kept by nobody, the pages around them neither."""
    address = f"/aide/images/{min(handbook.pictures())}"
    shown = visitor.get(address)
    again = visitor.get(address, if_none_match=shown.headers["ETag"])
    assert (shown.status_code, again.status_code, again.data) == (200, 304, b"")
    for answer in (shown, again):
        assert answer.headers["Cache-Control"] == "private, max-age=3600"
    assert visitor.get("/aide/images/ailleurs.webp").headers["Cache-Control"] == "no-store"
    assert visitor.get("/aide").headers["Cache-Control"] == "no-store"


# ---------------------------------------------------------------- « Pourquoi ? »
def test_the_form_of_a_report_says_for_which_rules_it_asks(logged_in: Enter) -> None:
    said = whys(logged_in("cdas_agent").get("/signaler").text)
    assert all(f"Règle {rule}<" in said for rule in ("R-UD-1", "R-UD-4", "R-DP-2", "R-DP-7"))


@pytest.mark.parametrize(
    ("kind", "rules"),
    [
        ("co_intervention", "R-CI-1 R-CI-2 R-CI-4 R-EL R-DP-2"),
        ("handover", "R-PR-1 R-PR-2 R-PR-3 R-PR-5 R-EL"),
        ("social_emergency", "R-US-1 R-US-3 R-US-4"),
        ("appointment", "R-RV R-EL R-DP-2"),
        ("orientation", "R-OR-1 R-DP-2"),
        ("rights_meeting", "R-RD R-DP-2"),
    ],
)
def test_the_other_opening_forms_say_it_too(logged_in: Enter, kind: str, rules: str) -> None:
    said = whys(logged_in("cdas_agent").get(f"/nouvelle/{kind}").text)
    assert [rule for rule in rules.split() if f"Règle {rule}<" not in said] == []


def test_acts_deadlines_and_refusals_say_which_rule(logged_in: Enter, world: World) -> None:
    """R-CLK-3 beside the deadline, the row's own rules beside its button, the rule of a refusal with its sentence."""
    reference = a_submitted_ticket(world.cdas_agent).reference
    desk = logged_in("caf_secretariat")
    assert "Règle R-CLK-3<" in whys(desk.get(f"/demandes/{reference}").text)
    said = whys(desk.get(f"/demandes/{reference}/actions/reject").text)
    assert str(handbook.rules()["R-UD-4"].says) in said
    refused = desk.get(f"/demandes/{reference}/actions/answer")
    assert refused.status_code in {403, 409}
    answer = logged_in("cdas_agent").post(
        "/signaler/verdict",
        {"benefit": "apl", "event": "interruption", "last_payment_on": "2020-01-01", "ground": "objected"},
    )
    assert "Règle R-DP-2<" in whys(answer.text)
