"""« Comptes » and « Mon compte » in a browser."""

import re
from collections.abc import Callable, Iterator
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import select

from service.database import reading, transaction
from service.jobs import send_outbox
from service.models import OutboxMail
from service.notifications import sending
from service.operations import tokens
from service.permissions import Role
from tests.factories import PASSWORD, World, an_account, email_of
from tests.mail_server import Books, mail_server
from tests.pages.conftest import Visitor
from tests.pages.html import text_of

Enter = Callable[..., Visitor]
NEW = "radis tortue bahut quatorze"


def shown_once(page: str) -> str:
    """The secret of a page that shows one."""
    found = re.search(r'<p class="proposal"><code>([^<]+)</code>', page)
    assert found is not None
    return unescape(found[1])


def invite(browser: Visitor, **changes: str) -> str:
    """The path of a link made through the form."""
    typed = {
        "name": "Démo-Neuve Anne",
        "email": "anne@test.example",
        "unit": "cdas-redon",
        "role": "cdas_agent",
    }
    answer = browser.post("/comptes/inviter", {**typed, **changes})
    assert answer.status_code == 200, answer.text
    link = shown_once(answer.text)
    assert link.startswith("http://127.0.0.1:8000/invitation/")
    return link.removeprefix("http://127.0.0.1:8000")


# ---------------------------------------------------------------- from the invitation to the first page
def test_from_the_invitation_to_the_first_login(app: Flask, logged_in: Enter) -> None:
    path = invite(logged_in("cdas_head"))
    newcomer = Visitor(app)
    page = newcomer.get(path)
    assert page.status_code == 200
    assert "Démo-Neuve Anne" in page.text
    assert len(shown_once(page.text).split()) == 7, "a phrase is proposed"
    assert newcomer.get(path).status_code == 200, "opening the link does not use it up"
    refused = newcomer.post(path, {"password": "court"})
    assert refused.status_code == 422
    assert "15 caractères" in refused.text
    assert newcomer.post(path, {"password": NEW}).location == "/connexion"
    assert newcomer.get(path).status_code == 404
    assert "Vos codes de secours" in newcomer.log_in("anne@test.example", NEW).text
    assert "CDAS Pays de Redon" in newcomer.get("/compte").text


@pytest.fixture
def post_office(app: Flask) -> Iterator[Books]:
    """A mail server takes what leaves; it is told after the application began, whose settings name none."""
    with mail_server() as books:
        sending.configure(books.smtp())
        yield books
    sending.configure(None)


def the_mail() -> OutboxMail:
    with reading() as session:
        return session.scalars(select(OutboxMail).where(OutboxMail.event == "invitation")).one()


NEWCOMER = {
    "name": "Démo-Neuve Anne",
    "email": "anne@test.example",
    "unit": "cdas-redon",
    "role": "cdas_agent",
}


def test_r_dp_5_the_link_leaves_by_mail_and_who_invites_never_sees_it(
    app: Flask, logged_in: Enter, post_office: Books
) -> None:
    head = logged_in("cdas_head")
    answer = head.post("/comptes/inviter", NEWCOMER)
    assert answer.status_code == 303
    page = head.get(str(answer.location)).text
    assert "part par courriel" in page
    assert "/invitation/" not in page + answer.text
    mail = the_mail()
    link = mail.link or ""
    secret = link.rpartition("/")[2].encode()
    assert secret not in f"{mail.subject}{mail.body}".encode() + (mail.link_sealed or b"")
    send_outbox.run(lambda: None)
    [taken] = post_office.taken
    text = taken.get_body(("plain",))
    assert text is not None
    assert taken["To"] == "anne@test.example"
    assert text.get_content().strip().endswith(link)
    assert "Anne" not in taken.as_string()
    assert the_mail().link_sealed is None, "once it left, it is nowhere"
    newcomer = Visitor(app)
    assert newcomer.post(link.removeprefix("http://127.0.0.1:8000"), {"password": NEW}).status_code == 303
    assert "Vos codes de secours" in newcomer.log_in("anne@test.example", NEW).text


def test_a_new_link_leaves_by_mail_too(logged_in: Enter, world: World, post_office: Books) -> None:
    place = f"/comptes/{world.cdas_agent.account_id}"
    assert logged_in("cdas_head").post(f"{place}/inviter-de-nouveau").location == place
    assert the_mail().recipient == email_of("cdas_agent")


def test_a_link_that_did_not_arrive_is_sent_again_to_its_own_address_only(
    logged_in: Enter, post_office: Books
) -> None:
    """Else who looks after lost mails could enter in that name."""
    post_office.plan["anne@test.example"] = ["550 5.1.1 unknown"] * 2
    head = logged_in("cdas_head")
    head.post("/comptes/inviter", NEWCOMER)
    send_outbox.run(lambda: None)
    mail = the_mail()
    again = f"/courriels-non-remis/{mail.id}/renvoyer"
    refused = head.post(again, {"recipient": "head@test.example"})
    assert refused.status_code == 422
    assert "à l’adresse du compte" in refused.text
    assert (the_mail().recipient, the_mail().link) == ("anne@test.example", mail.link)
    assert head.post(again, {"recipient": "anne@test.example"}).status_code == 303
    send_outbox.run(lambda: None)
    assert head.post(f"/courriels-non-remis/{mail.id}/regler").status_code == 303
    assert the_mail().link_sealed is None


def test_an_unknown_link_is_not_there(visitor: Visitor) -> None:
    assert visitor.get("/invitation/unknown").status_code == 404
    assert visitor.post("/invitation/unknown", {"password": NEW}).status_code == 404


def test_the_link_is_on_no_other_page(logged_in: Enter) -> None:
    head = logged_in("cdas_head")
    secret = invite(head).rpartition("/")[2]
    assert secret not in head.get("/comptes").text


def test_mistakes_are_said_beside_the_fields_and_nothing_typed_is_lost(logged_in: Enter) -> None:
    head = logged_in("cdas_head")
    answer = head.post(
        "/comptes/inviter", {"name": "Démo-Neuve", "email": "pas une adresse", "unit": "cdas-redon"}
    )
    assert answer.status_code == 422
    assert 'value="Démo-Neuve"' in answer.text
    assert 'value="pas une adresse"' in answer.text
    assert "Écrivez une adresse électronique" in answer.text
    assert "Cette réponse manque." in answer.text


def test_a_head_is_offered_their_unit_and_its_roles_only(logged_in: Enter) -> None:
    page = logged_in("cdas_head").get("/comptes/inviter").text
    assert set(re.findall(r'<option value="([^"]+)"', page)) == {"cdas-redon", "cdas_agent", "cdas_head"}


def test_a_head_can_not_invite_elsewhere_by_hand(logged_in: Enter) -> None:
    answer = logged_in("cdas_head").post(
        "/comptes/inviter",
        {"name": "Démo", "email": "x@test.example", "unit": "caf-prestations", "role": "caf_agent"},
    )
    assert answer.status_code == 422


# ---------------------------------------------------------------- looking after people
def test_moving_suspending_and_inviting_again(app: Flask, logged_in: Enter, world: World) -> None:
    admin, agent = logged_in("admin"), logged_in("cdas_agent")
    place = f"/comptes/{world.cdas_agent.account_id}"
    assert "Professionnel du CDAS" in admin.get(place).text
    assert admin.post(f"{place}/affecter", {"unit": "cdas-redon", "role": "cdas_head"}).location == place
    there = text_of(admin.get(place))
    assert "Le rôle est changé. Ses sessions et ses jetons sont terminés." in there
    assert "à confier" not in there
    assert "il faut les confier" not in there
    assert admin.post(f"{place}/affecter", {"unit": "cdas-vitre", "role": "cdas_head"}).location == place
    assert not agent.is_in(), "at the next request"
    moved = text_of(admin.get(place))
    assert "« Sans personne désignée » (CDAS Pays de Redon) : il faut les confier." in moved
    assert "CDAS Pays de Vitré" in moved
    assert agent.log_in(email_of("cdas_agent")).status_code == 303
    admin.post(f"{place}/suspendre")
    assert not agent.is_in()
    suspended = admin.get(place).text.replace("\u00a0", " ")
    assert "Suspendu" in suspended
    assert "« Sans personne désignée » (CDAS Pays de Vitré) : il faut les confier." in suspended
    assert agent.log_in(email_of("cdas_agent")).status_code == 401
    admin.post(f"{place}/retablir")
    assert agent.log_in(email_of("cdas_agent")).status_code == 303
    admin.post(f"{place}/terminer-les-sessions")
    assert not agent.is_in()
    link = shown_once(admin.post(f"{place}/inviter-de-nouveau").text)
    assert Visitor(app).get(link.removeprefix("http://127.0.0.1:8000")).status_code == 200


def test_a_role_of_another_kind_of_unit_is_refused_in_the_form(logged_in: Enter, world: World) -> None:
    place = f"/comptes/{world.cdas_agent.account_id}/affecter"
    answer = logged_in("admin").post(place, {"unit": "cdas-vitre", "role": "admin"})
    assert answer.status_code == 422
    assert "Ce rôle n’existe pas" in answer.text


def test_one_s_own_account_can_not_be_changed_there(logged_in: Enter, world: World) -> None:
    """Invariant: nobody gives themselves a right."""
    browser = logged_in("cdas_head")
    place = f"/comptes/{world.cdas_head.account_id}"
    assert "/affecter" not in browser.get(place).text
    for act in ("suspendre", "retablir", "inviter-de-nouveau", "terminer-les-sessions"):
        assert browser.post(f"{place}/{act}").status_code == 403
    assert browser.post(f"{place}/affecter", {"unit": "cdas-redon", "role": "cdas_agent"}).status_code == 403


@pytest.mark.parametrize("act", ["", "/affecter", "/suspendre", "/inviter-de-nouveau"])
def test_somebody_of_another_unit_is_as_absent_as_nobody(logged_in: Enter, world: World, act: str) -> None:
    browser = logged_in("cdas_head")
    nobody = "00000000-0000-7000-8000-000000000000"
    answers = []
    for account_id in (world.cdas_agent_elsewhere.account_id, world.caf_agent.account_id, nobody):
        place = f"/comptes/{account_id}{act}"
        typed = {"unit": "cdas-redon", "role": "cdas_agent"}
        answer = browser.post(place, typed) if act else browser.get(place)
        # The keys of forms, and how long the session still has, are of their moment.
        alike = re.sub(r"""(value|data-session)=(["']).*?\2""", "", answer.text)
        answers.append((answer.status_code, alike))
    assert answers[0] == answers[1] == answers[2]
    assert answers[0][0] == 404


def test_the_list_is_read_by_page_in_both_directions(logged_in: Enter) -> None:
    with transaction() as session:
        for number in range(120):
            an_account(
                session,
                "cdas-redon",
                Role.CDAS_AGENT,
                email=f"n{number}@test.example",
                name="Démo-Homonyme" if number % 3 else f"Démo-{number:03}",
            )
    browser = logged_in("cdas_head")
    forward, address = [], "/comptes"
    while address:
        page = browser.get(address).text
        assert "123 comptes" in page
        forward.append(re.findall(r"<small>([^<]+@test.example)</small>", page))
        following = re.search(r'rel="next" href="([^"]+)"', page)
        last, address = address, unescape(following[1]) if following else ""
    assert [len(page) for page in forward] == [50, 50, 23]
    assert len({email for page in forward for email in page}) == 123
    backward, address = [], last
    while address:
        page = browser.get(address).text
        backward.append(re.findall(r"<small>([^<]+@test.example)</small>", page))
        before = re.search(r'rel="prev" href="([^"]+)"', page)
        address = unescape(before[1]) if before else ""
    assert backward[::-1] == forward
    assert "Homonyme" not in last, "no name in an address"


def test_the_administration_filters_by_unit(logged_in: Enter) -> None:
    page = logged_in("admin").get("/comptes?service=cdas-vitre").text
    assert set(re.findall(r"<small>([^<]+@test.example)</small>", page)) == {
        email_of("cdas_agent_elsewhere"),
        email_of("cdas_head_elsewhere"),
    }


# ---------------------------------------------------------------- my account
def test_my_sessions_are_listed_and_end_one_by_one(logged_in: Enter) -> None:
    here, there = logged_in("caf_ts"), logged_in("caf_ts")
    page = here.get("/compte").text
    assert page.count("Ici") == 1
    (ending,) = re.findall(r'action="(/compte/sessions/[^"]+/terminer)"', page)
    assert here.post(ending).location == "/compte"
    assert (here.is_in(), there.is_in()) == (True, False)
    assert here.post(ending).status_code == 404


def test_another_s_session_is_not_there(logged_in: Enter) -> None:
    first, second = logged_in("caf_ts"), logged_in("caf_ts")
    (ending,) = re.findall(r'action="(/compte/sessions/[^"]+/terminer)"', first.get("/compte").text)
    assert logged_in("caf_head").post(ending).status_code == 404
    assert second.is_in()


def test_all_my_other_sessions_end_together(logged_in: Enter) -> None:
    here, there = logged_in("caf_ts"), logged_in("caf_ts")
    here.post("/compte/sessions/terminer-les-autres")
    assert (here.is_in(), there.is_in()) == (True, False)


def test_changing_my_password(logged_in: Enter) -> None:
    here, there = logged_in("caf_ts"), logged_in("caf_ts")
    wrong = here.post("/compte/mot-de-passe", {"current_password": "pas le bon", "password": NEW})
    assert wrong.status_code == 422
    assert "Ce n’est pas votre mot de passe actuel." in wrong.text
    weak = here.post("/compte/mot-de-passe", {"current_password": PASSWORD, "password": "relais" * 4})
    assert weak.status_code == 422
    assert "se devine" in weak.text
    changed = here.post("/compte/mot-de-passe", {"current_password": PASSWORD, "password": NEW})
    assert changed.location == "/compte"
    assert (here.is_in(), there.is_in()) == (True, False)
    assert there.log_in(email_of("caf_ts"), NEW).status_code == 303


def test_a_password_asked_again_too_often_waits(logged_in: Enter) -> None:
    here = logged_in("caf_ts")
    answers = [
        here.post("/compte/mot-de-passe", {"current_password": "pas le bon", "password": NEW})
        for _ in range(6)
    ]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert here.is_in()


def test_a_token_is_shown_once_and_revoked(logged_in: Enter, world: World) -> None:
    here = logged_in("caf_agent")
    typed = {"label": "export <b>", "days": "30", "current_password": PASSWORD}
    wrong = here.post("/compte/jetons/nouveau", {**typed, "current_password": "pas le bon"})
    assert wrong.status_code == 422
    assert "export &lt;b&gt;" in wrong.text
    secret = shown_once(here.post("/compte/jetons/nouveau", typed).text)
    found = tokens.find(secret)
    assert found is not None
    assert found[0] == world.caf_agent
    page = here.get("/compte").text
    assert "export &lt;b&gt;" in page
    assert secret not in page
    (revoking,) = re.findall(r'action="(/compte/jetons/[^"]+/revoquer)"', page)
    assert logged_in("other_caf_agent").post(revoking).status_code == 404
    here.post(revoking)
    assert tokens.find(secret) is None


def test_an_incomplete_token_says_everything_at_once(logged_in: Enter) -> None:
    answer = logged_in("caf_agent").post("/compte/jetons/nouveau", {"days": "400"})
    assert answer.status_code == 422
    assert answer.text.count("Cette réponse manque.") == 4


def test_pages_that_show_a_secret_are_never_kept(logged_in: Enter) -> None:
    here = logged_in("admin")
    answer = here.post("/compte/jetons/nouveau", {"label": "x", "days": "30", "current_password": PASSWORD})
    assert answer.headers["Cache-Control"] == "no-store"
