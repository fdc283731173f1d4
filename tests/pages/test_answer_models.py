"""« Modèles de réponse »: kept by a service or by oneself, inserted into what one writes, never sent by it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DatabaseError

from service.database import reading, transaction
from service.models import AnswerModel, Message, Ticket
from service.operations import answer_models as operations
from service.operations.acts import perform
from service.permissions import HOLDERS, Permission, Role
from service.workflows.answer_models import MOST, Wording
from tests.factories import World, a_submitted_ticket
from tests.pages.conftest import Visitor
from tests.pages.html import beside, fields_of, summary_of, text_of

Enter = Callable[..., Visitor]
NIR = "2 85 07 35 238 123 " + f"{97 - 2850735238123 % 97:02d}"
ASK = {
    "title": "Demander un justificatif",
    "body": "Bonjour,\n\nPour {{ reference }}, avant le {{ echeance }}.",
}


def kept(browser: Visitor, *, whose: str = "unit", **changes: str) -> str:
    """A model written on its page; its identifier."""
    answer = browser.post("/modeles-de-reponse/nouveau", {**ASK, "whose": whose, **changes})
    assert answer.status_code == 303, text_of(answer)
    with reading() as session:
        row = session.scalars(select(AnswerModel).order_by(AnswerModel.model_id.desc())).first()
    assert row is not None
    return str(row.model_id)


def told(reference: str) -> list[str | None]:
    """What both sides read on the request."""
    with reading() as session:
        of_it = Message.ticket_id == select(Ticket.id).where(Ticket.reference == reference).scalar_subquery()
        return [row.body for row in session.scalars(select(Message).where(of_it))]


def test_the_roles_of_the_models() -> None:
    """R-DP-1: whoever reads requests uses them; heads and the secretariat keep those of their service."""
    heads = {Role.CDAS_HEAD, Role.CAF_LEAD, Role.CAF_HEAD, Role.CAF_SECRETARIAT}
    assert HOLDERS[Permission.USE_ANSWER_MODELS] == HOLDERS[Permission.READ_TICKETS]
    assert HOLDERS[Permission.KEEP_ANSWER_MODELS] == heads


def test_a_message_begins_from_a_model_and_nothing_typed_is_lost(world: World, logged_in: Enter) -> None:
    """Without scripts: the form comes back with the text after one's own words, and nothing has left."""
    reference = a_submitted_ticket(world.cdas_agent).reference
    desk = logged_in("caf_secretariat")
    model_id = kept(desk)
    form = {"message": "Déjà écrit.", "answer_model": model_id, "insert": "message", "form_key": "f" * 32}
    page = desk.post(f"/demandes/{reference}/messages", form)
    assert page.status_code == 200
    written = fields_of(page, f'form[action="/demandes/{reference}/messages"]')["message"]
    assert re.fullmatch(
        rf"Déjà écrit\.\n\nBonjour,\n\nPour {reference}, avant le \w+ \d+.* à \d+ h \d\d\.", written
    )
    assert told(reference) == []
    assert desk.post(f"/demandes/{reference}/messages", {**form, "answer_model": ""}).status_code == 200
    assert told(reference) == []
    desk.post(f"/modeles-de-reponse/{model_id}/retirer", {"seen": "1"})
    late = desk.post(f"/demandes/{reference}/messages", form)
    assert fields_of(late, f'form[action="/demandes/{reference}/messages"]')["message"] == "Déjà écrit."
    assert "n’est plus proposé" in text_of(late)


def test_an_answer_begins_from_a_model_and_keeps_every_other_field(world: World, logged_in: Enter) -> None:
    reference = a_submitted_ticket(world.cdas_agent).reference
    perform(world.caf_agent, reference, "take", {})
    agent = logged_in("caf_agent")
    model_id = kept(agent, whose="own")
    action = f"/demandes/{reference}/actions/answer"
    assert "Partir d’un modèle de réponse" in agent.get(action).text
    typed = {"outcome": "payment_scheduled", "payment_on": "2026-12-01", "version": "2"}
    page = agent.post(action, {**typed, "text": "", "answer_model": model_id, "insert": "text"})
    sent = fields_of(page, f'form[action="{action}"]')
    assert sent["text"].startswith("Bonjour,")
    assert (sent["outcome"], sent["version"]) == ("payment_scheduled", "2")
    assert told(reference) == []


def test_the_text_is_given_to_the_script_for_a_request_that_one_reads(world: World, logged_in: Enter) -> None:
    reference = a_submitted_ticket(world.cdas_agent).reference
    head = logged_in("cdas_head")
    model_id = kept(head)
    answer = head.get(f"/demandes/{reference}/modeles/{model_id}")
    assert answer.json["text"].startswith("Bonjour,\n\nPour " + reference)
    assert logged_in("cdas_agent").get(f"/demandes/{reference}/modeles/{model_id}").status_code == 200
    for post in ("cdas_head_elsewhere", "caf_secretariat"):
        assert logged_in(post).get(f"/demandes/{reference}/modeles/{model_id}").status_code == 404


def test_a_model_of_a_service_is_read_by_all_of_it_and_changed_by_who_keeps_it(logged_in: Enter) -> None:
    head, agent, other = logged_in("cdas_head"), logged_in("cdas_agent"), logged_in("cdas_head_elsewhere")
    model_id = kept(head)
    url = f"/modeles-de-reponse/{model_id}"
    assert "Bonjour," in text_of(agent.get(url))
    assert agent.post(url, {**ASK, "body": "Autre.", "seen": "1"}).status_code == 403
    assert agent.post(f"{url}/retirer", {"seen": "1"}).status_code == 403
    assert other.get(url).status_code == 404
    assert other.post(url, {**ASK, "seen": "1"}).status_code == 404
    mine = kept(agent, whose="own")
    assert head.get(f"/modeles-de-reponse/{mine}").status_code == 404
    assert "Pour tout mon service" not in agent.get("/modeles-de-reponse/nouveau").text


def test_each_change_is_a_version_and_a_model_withdrawn_is_offered_no_more(logged_in: Enter) -> None:
    head = logged_in("cdas_head")
    url = f"/modeles-de-reponse/{kept(head)}"
    assert head.post(url, {**ASK, "body": "Bonjour, merci.", "seen": "1"}).status_code == 303
    stale = head.post(url, {**ASK, "body": "Mon autre texte.", "seen": "1"})
    assert stale.status_code == 409
    assert fields_of(stale, "form.card.form")["body"] == "Mon autre texte."
    assert "a changé depuis que vous l’avez ouvert" in summary_of(stale)
    history = text_of(head.get(url))
    assert "n° 2" in history
    assert "Pour {{ reference }}" in history
    assert head.post(f"{url}/retirer", {"seen": "2"}).status_code == 303
    assert ASK["title"] not in head.get("/modeles-de-reponse").text
    assert head.get(url).status_code == 404
    with reading() as session:
        assert [
            row.withdrawn for row in session.scalars(select(AnswerModel).order_by(AnswerModel.version))
        ] == [
            False,
            False,
            True,
        ]


def test_r_dp_6_what_one_wrote_for_oneself_is_erased_when_it_is_withdrawn(logged_in: Enter) -> None:
    """Somebody may have typed a name there: the database itself keeps a service's wordings only."""
    agent, head = logged_in("cdas_agent"), logged_in("cdas_head")
    own, units = kept(agent, whose="own"), kept(head)
    agent.post(f"/modeles-de-reponse/{own}", {**ASK, "body": "Pour la famille.", "seen": "1"})
    assert "effacés" in text_of(agent.get(f"/modeles-de-reponse/{own}"))
    assert agent.post(f"/modeles-de-reponse/{own}/retirer", {"seen": "2"}).status_code == 303
    with reading() as session:
        assert [str(row) for row in session.scalars(select(AnswerModel.model_id))] == [units]
    with pytest.raises(DatabaseError), transaction() as session:
        session.execute(delete(AnswerModel))


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"body": f"Le {NIR}"}, "body", "sécurité sociale"),
        ({"title": "Pour 1234567"}, "title", "matricule"),
        ({"body": "Bonjour {{ nom }}"}, "body", "Le champ « nom » n’existe pas"),
        ({"body": "Bonjour {{ reference"}, "body", "une accolade s’ouvre"),
        ({"body": ""}, "body", "manque"),
        ({"title": "x" * 81}, "title", "trop long"),
    ],
)
def test_nothing_of_a_person_and_no_unknown_field_is_kept(
    logged_in: Enter, changes: dict[str, Any], field: str, said: str
) -> None:
    """R-DP-7, R-GO-1: refused beside its field, and what was typed stands there still."""
    typed = {**ASK, "whose": "own", **changes}
    answer = logged_in("caf_secretariat").post("/modeles-de-reponse/nouveau", typed)
    assert answer.status_code == 422
    assert said in beside(answer, field)
    assert fields_of(answer, "form.card.form")["title"] == typed["title"]
    with reading() as session:
        assert session.scalars(select(AnswerModel)).all() == []


def test_a_list_stays_short(world: World, logged_in: Enter) -> None:
    for number in range(MOST):
        operations.write(world.cdas_agent, Wording(f"n° {number}", "Bonjour,"), for_unit=False)
    full = logged_in("cdas_agent").post("/modeles-de-reponse/nouveau", ASK)
    assert full.status_code == 422
    assert f"{MOST} modèles au plus" in summary_of(full)
    operations.write(world.cdas_head, Wording("Du service", "Bonjour,"), for_unit=True)


def test_a_wording_is_never_rewritten(world: World) -> None:
    operations.write(world.cdas_head, Wording("Du service", "Bonjour,"), for_unit=True)
    with pytest.raises(DatabaseError, match="append-only"), transaction() as session:
        session.execute(update(AnswerModel).values(body="Autre"))
