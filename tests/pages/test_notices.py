"""« Mes courriels »: one's own choices, those of the unit for who heads it."""

from collections.abc import Callable

from service.permissions import CONTENT_ROLES, Role
from tests.factories import World
from tests.pages.conftest import Visitor
from tests.pages.html import soup, text_of

LogIn = Callable[..., Visitor]
PAGE = "/compte/courriels"


def chosen(visitor: Visitor, whose: str) -> dict[str, str]:
    """What the form of a box shows, by sort of event."""
    form = next(
        form
        for form in soup(visitor.get(PAGE)).select("form.card")
        if form.select_one(f"input[name=whose][value={whose}]")
    )
    return {
        str(select["name"]): str(option["value"])
        for select in form.select("select")
        if (option := select.select_one("option[selected]"))
    }


def test_who_has_the_page_and_who_chooses_for_the_unit(logged_in: LogIn, world: World) -> None:
    heads = {Role.CDAS_HEAD, Role.CAF_LEAD, Role.CAF_HEAD, Role.CAF_SECRETARIAT}
    for role in Role:
        visitor = logged_in(role.value)
        answer = visitor.get(PAGE)
        assert answer.status_code == (200 if role in CONTENT_ROLES else 403), role
        assert ("Mes courriels" in text_of(visitor.get("/compte"))) is (role in CONTENT_ROLES), role
        if role in CONTENT_ROLES:
            assert len(soup(answer).select("form.card")) == (2 if role in heads else 1), role
            refused = visitor.post(PAGE, {"whose": "service", "moved": "digest"})
            assert refused.status_code == (303 if role in heads else 403), role


def test_a_choice_is_kept_and_the_other_box_stays(logged_in: LogIn, world: World) -> None:
    head = logged_in("cdas_head")
    assert set(chosen(head, "moi").values()) == {"at_once"}
    done = head.post(PAGE, {"whose": "service", "moved": "digest", "late": "digest"})
    assert "Le choix de votre service est enregistré." in text_of(head.get(done.location))
    assert chosen(head, "service")["moved"] == "digest"
    assert set(chosen(head, "moi").values()) == {"at_once"}
    head.post(PAGE, {"whose": "moi", "message": "none"})
    assert chosen(head, "moi")["message"] == "none"
    assert chosen(logged_in("cdas_head_elsewhere"), "service")["moved"] == "at_once"


def test_what_can_not_be_chosen_is_refused(logged_in: LogIn, world: World) -> None:
    agent = logged_in("cdas_agent")
    for given in ({"whose": "moi", "late": "none"}, {"whose": "moi", "moved": "x"}, {"whose": "x"}, {}):
        answer = agent.post(PAGE, given)
        assert answer.status_code == 422, given
        assert "Choisissez" in text_of(answer), given
    assert set(chosen(agent, "moi").values()) == {"at_once"}
