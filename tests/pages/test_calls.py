"""« Noter un appel » and « Appels notés » (R-UD-3, R-IND-I-10), through the browser's door."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from bs4 import BeautifulSoup
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from service import clock
from service.database import reading, transaction
from service.models import Call, ClockRecord, Person, Ticket, UrgentRightsDetails
from service.permissions import HOLDERS, Actor, Permission, Role
from service.workflows import french
from tests.factories import World
from tests.pages.conftest import Visitor
from tests.pages.html import beside, fields_of

LogIn = Callable[..., Visitor]

NEW, FORM = "/appels/nouveau", "form.card"
NIR = "1 85 05 78 006 084 91"
"""A number whose key is right; nobody's."""


def errors_of(response: TestResponse) -> str:
    """What the head of the page says is to be corrected."""
    summary = BeautifulSoup(response.text, "html.parser").select_one("[data-error-summary]")
    return summary.get_text(" ", strip=True) if summary else ""


def a_call(visitor: Visitor, **changes: str) -> dict[str, str]:
    """The form as it opens, filled in like most people fill it."""
    usual = {
        "answered": "yes",
        "minutes": "4",
        "matricule": "1234567",
        "benefit": "rsa",
        "event": "interruption",
        "remark": "La suspension vient d’une pièce manquante.",
    }
    return {**fields_of(visitor.get(NEW), FORM), **usual, **changes}


def noted(visitor: Visitor, **changes: str) -> UUID:
    """A call noted now: its identifier, from the address of the confirmation."""
    answer = visitor.post(NEW, a_call(visitor, **changes))
    assert answer.status_code == 303, errors_of(answer)
    return UUID(answer.location.rpartition("/")[2])


def number_of(table: type[Call] | type[Ticket]) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


# ---------------------------------------------------------------- the form
def test_the_form_opens_a_few_minutes_before_now_in_paris(logged_in: LogIn) -> None:
    """R-CAL-3: what is shown is Paris time."""
    with clock.driven(lambda: datetime(2026, 10, 23, 14, 2, tzinfo=UTC)):
        given = fields_of(logged_in("cdas_agent").get(NEW), FORM)
    assert (given["day"], given["time"]) == ("2026-10-23", "15:57")
    assert given["benefit"] == given["outcome"] == given["matricule"] == ""


def test_a_few_minutes_after_midnight_is_still_yesterday(logged_in: LogIn) -> None:
    with clock.driven(lambda: datetime(2026, 10, 23, 22, 3, tzinfo=UTC)):
        given = fields_of(logged_in("caf_agent").get(NEW), FORM)
    assert (given["day"], given["time"]) == ("2026-10-23", "23:58")


def test_the_caf_says_which_cdas_has_called_a_cdas_is_not_asked(logged_in: LogIn) -> None:
    for post, asked in (("cdas_agent", False), ("cdas_head", False), ("caf_agent", True)):
        assert ("cdas" in fields_of(logged_in(post).get(NEW), FORM)) is asked, post


def test_who_may_note_calls(logged_in: LogIn) -> None:
    for role in Role:
        allowed = role in HOLDERS[Permission.RECORD_CALL]
        visitor = logged_in(role.value)
        for url in (NEW, "/appels"):
            assert visitor.get(url).status_code == (200 if allowed else 403), role
        if not allowed:
            assert visitor.post(NEW, {"answered": "no"}).status_code == 403, role
    assert number_of(Call) == 0


# ---------------------------------------------------------------- answered
def test_r_ud_3_an_answered_call_opens_a_request_and_says_what_follows(logged_in: LogIn) -> None:
    visitor = logged_in("cdas_agent")
    call_id = noted(visitor)
    with reading() as session:
        call, ticket = session.get_one(Call, call_id), session.scalars(select(Ticket)).one()
        details = session.get_one(UrgentRightsDetails, ticket.id)
        clocks = {record.name for record in session.scalars(select(ClockRecord))}
    assert (ticket.channel, ticket.state, ticket.asking_unit_id) == ("phone", "in_progress", "cdas-redon")
    assert (call.ticket_id, call.minutes, call.matricule) == (ticket.id, 4, "1234567")
    assert (details.benefit, details.event) == ("rsa", "interruption")
    assert clocks == {"answer"}, "R-CLK-1: a call has only the clock of the answer"
    page = visitor.get(f"/appels/{call_id}").text
    assert f"La demande {ticket.reference} est ouverte" in page
    assert f'href="/demandes/{ticket.reference}"' in page
    assert "réponse de la Caf" in page
    assert "1234567" not in page


def test_r_clk_8_the_call_starts_when_it_began_not_when_it_is_noted(logged_in: LogIn) -> None:
    with clock.driven(lambda: datetime(2026, 3, 30, 9, 0, tzinfo=UTC)):
        noted(logged_in("cdas_agent"), day="2026-03-27", time="14:05")
    with reading() as session:
        call, ticket = session.scalars(select(Call)).one(), session.scalars(select(Ticket)).one()
    assert call.started_at == datetime(2026, 3, 27, 13, 5, tzinfo=UTC), "winter time, noted in summer time"
    assert call.recorded_at == datetime(2026, 3, 30, 9, 0, tzinfo=UTC)
    assert ticket.submitted_at == call.started_at


def test_an_outcome_given_while_talking_answers_at_once(logged_in: LogIn) -> None:
    visitor = logged_in("caf_agent")
    day = (clock.now() + timedelta(days=6)).date().isoformat()
    given = {"cdas": "cdas-vitre", "outcome": "payment_scheduled", "outcome_on": day}
    page = visitor.get(f"/appels/{noted(visitor, **given)}").text
    with reading() as session:
        ticket = session.scalars(select(Ticket)).one()
        details = session.get_one(UrgentRightsDetails, ticket.id)
    assert (ticket.state, ticket.asking_unit_id) == ("answered", "cdas-vitre")
    assert (details.outcome, str(details.outcome_on)) == ("payment_scheduled", day)
    assert "et répondue\N{NO-BREAK SPACE}: paiement programmé" in page
    assert "CDAS" in page


def test_not_communicated_is_an_answer(logged_in: LogIn) -> None:
    noted(logged_in("cdas_agent"), matricule="", matricule_unknown="1")
    with reading() as session:
        assert session.scalars(select(Call)).one().matricule is None
        assert session.scalars(select(Person)).one().matricule is None


# ---------------------------------------------------------------- not answered
def test_r_ind_i_10_an_unanswered_call_is_counted_and_is_no_request(logged_in: LogIn) -> None:
    visitor = logged_in("cdas_agent")
    call_id = noted(visitor, answered="no", benefit="", event="", outcome="restored")
    with reading() as session:
        call = session.get_one(Call, call_id)
    assert (call.answered, call.ticket_id, call.outcome) == (False, None, None)
    assert number_of(Ticket) == 0
    page = visitor.get(f"/appels/{call_id}").text
    assert "Appel sans réponse noté" in page
    assert f'href="/signaler?appel={call_id}"' in page


def test_only_a_cdas_is_offered_to_make_a_request_of_it(logged_in: LogIn) -> None:
    visitor = logged_in("caf_secretariat")
    call_id = noted(visitor, answered="no", cdas="cdas-redon")
    for url in (f"/appels/{call_id}", "/appels"):
        assert "/signaler" not in visitor.get(url).text


def test_one_click_makes_a_request_of_it_and_links_both(logged_in: LogIn) -> None:
    visitor = logged_in("cdas_agent")
    call_id = noted(visitor, answered="no")
    form = fields_of(visitor.get(f"/signaler?appel={call_id}"), FORM)
    assert (form["matricule"], form["benefit"], form["event"]) == ("1234567", "rsa", "interruption")
    assert visitor.post("/signaler/brouillon", form).status_code == 303
    with reading() as session:
        ticket = session.scalars(select(Ticket)).one()
        assert session.get_one(Call, call_id).ticket_id == ticket.id
    page = visitor.get("/appels").text
    assert ticket.reference in page
    assert "/signaler?appel=" not in page, "a request is made of a call once"


# ---------------------------------------------------------------- refused
REFUSED: tuple[tuple[dict[str, str], str], ...] = (
    ({"answered": ""}, "La Caf a-t-elle répondu ? : Cette réponse manque."),
    ({"matricule": ""}, "ou cochez « Matricule non communiqué »"),
    ({"matricule": "12"}, "Le matricule Caf a 7 chiffres."),
    ({"matricule_unknown": "1"}, "pas les deux"),
    ({"benefit": ""}, "Choisissez la prestation."),
    ({"event": ""}, "Dites ce qui s’est passé."),
    ({"minutes": ""}, "Donnez la durée en minutes, de 0 à 240."),
    ({"minutes": "241"}, "Donnez la durée en minutes, de 0 à 240."),
    ({"minutes": "30"}, "Cet appel n’est pas terminé"),
    ({"day": "2019-01-01"}, "Un appel se note dans le mois"),
    ({"day": "9999-12-31"}, "Vérifiez l’année."),
    ({"day": "0001-01-01", "time": "00:00"}, "Vérifiez l’année."),
    ({"day": "30 février"}, "Cette date n’existe pas"),
    ({"time": "25:61"}, "Cette heure n’existe pas"),
    ({"time": ""}, "Dites quand l’appel a commencé."),
    ({"outcome": "payment_scheduled"}, "Indiquez la date."),
    ({"outcome": "documents_requested"}, "Précisez lesquelles, ou lequel."),
    ({"outcome": "miracle"}, "Choisissez dans la liste."),
)


def test_what_is_missing_is_said_and_nothing_typed_is_lost(logged_in: LogIn) -> None:
    visitor = logged_in("cdas_agent")
    for changes, sentence in REFUSED:
        sent = a_call(visitor, **changes)
        answer = visitor.post(NEW, sent)
        assert answer.status_code == 422, changes
        assert sentence in errors_of(answer), changes
        again = fields_of(answer, FORM)
        kept = {name for name, value in sent.items() if value and name not in ("csrf_token", "outcome")}
        assert {name: again.get(name) for name in kept} == {name: sent[name] for name in kept}, changes
    assert number_of(Call) == number_of(Ticket) == 0


def test_what_the_outcome_asks_is_said_with_the_rest(logged_in: LogIn) -> None:
    visitor = logged_in("caf_agent")
    answer = visitor.post(NEW, a_call(visitor, cdas="", outcome="payment_scheduled", outcome_on=""))
    assert answer.status_code == 422
    assert beside(answer, "cdas")
    assert beside(answer, "outcome_on")


def test_the_caf_must_say_which_cdas(logged_in: LogIn) -> None:
    visitor = logged_in("caf_agent")
    for wrong in ("", "caf-prestations", "nowhere"):
        answer = visitor.post(NEW, a_call(visitor, cdas=wrong))
        assert answer.status_code == 422
        assert "CDAS qui a appelé" in errors_of(answer)
    assert number_of(Call) == 0


def test_a_cdas_notes_its_own_calls_whatever_is_posted(logged_in: LogIn) -> None:
    visitor = logged_in("cdas_agent")
    noted(visitor, cdas="cdas-vitre")
    with reading() as session:
        assert session.scalars(select(Call)).one().cdas_code == "cdas-redon"


def test_r_dp_7_a_social_security_number_is_refused(logged_in: LogIn) -> None:
    visitor = logged_in("cdas_agent")
    for name in ("remark", "matricule", "outcome_detail"):
        changes = {"outcome": "other_body", "outcome_detail": "CPAM", name: NIR}
        answer = visitor.post(NEW, a_call(visitor, **changes))
        assert answer.status_code == 422, name
        assert "sécurité sociale" in errors_of(answer), name
    assert number_of(Call) == 0


# ---------------------------------------------------------------- the same form twice
def test_the_same_form_sent_twice_is_one_call(logged_in: LogIn) -> None:
    visitor = logged_in("cdas_agent")
    sent = a_call(visitor)
    first, second = visitor.post(NEW, sent), visitor.post(NEW, sent)
    assert first.location == second.location
    assert (number_of(Call), number_of(Ticket)) == (1, 1)


def test_the_same_form_with_other_answers_asks_first(logged_in: LogIn) -> None:
    visitor = logged_in("cdas_agent")
    sent = a_call(visitor)
    visitor.post(NEW, sent)
    answer = visitor.post(NEW, {**sent, "minutes": "2"})
    assert answer.status_code == 422
    assert "a déjà servi" in errors_of(answer)
    assert number_of(Call) == 1
    again = fields_of(answer, FORM)
    assert again["minutes"] == "2"
    assert again["form_key"] != sent["form_key"]
    assert visitor.post(NEW, again).status_code == 303
    assert number_of(Call) == 2


def test_what_was_typed_before_the_session_ended_comes_back_and_does_nothing(logged_in: LogIn) -> None:
    visitor = logged_in("cdas_agent")
    sent = a_call(visitor)
    answer = visitor.post(NEW, {**sent, "_refill": "1"})
    assert answer.status_code == 200
    assert fields_of(answer, FORM)["remark"] == sent["remark"]
    assert errors_of(answer) == ""
    assert number_of(Call) == 0


# ---------------------------------------------------------------- the list
def kept_calls(actor: Actor, cdas: str, *answers: int, minutes_apart: int = 1) -> list[UUID]:
    """Unanswered calls of a CDAS, the newest first; as many as asked."""
    now = clock.now()
    rows = [
        Call(
            cdas_code=cdas,
            started_at=now - timedelta(minutes=10 + rank * minutes_apart),
            minutes=1,
            answered=False,
            recorded_at=now,
            recorded_by=actor.account_id,
            recorded_unit_id=actor.unit_id,
        )
        for rank in range(*answers)
    ]
    with transaction() as session:
        session.add_all(rows)
    return [row.id for row in rows]


def listed(page: str) -> list[UUID]:
    return [UUID(found) for found in re.findall(r'<th scope="row"><a href="/appels/([0-9a-f-]{36})"', page)]


def test_a_cdas_sees_its_own_calls_the_caf_those_it_answered(world: World, logged_in: LogIn) -> None:
    """R-DP-1: an unanswered call has told the Caf nothing; another CDAS is not concerned."""
    own = logged_in("cdas_agent")
    answered, unanswered = noted(own), noted(own, answered="no", **_earlier())
    assert listed(own.get("/appels").text) == [answered, unanswered]
    assert listed(logged_in("cdas_head").get("/appels").text) == [answered, unanswered]
    assert listed(logged_in("caf_agent").get("/appels").text) == [answered]
    elsewhere = logged_in("cdas_agent_elsewhere")
    assert "Aucun appel noté" in elsewhere.get("/appels").text
    assert elsewhere.get(f"/appels/{answered}").status_code == 404
    assert logged_in("caf_agent").get(f"/appels/{unanswered}").status_code == 404
    assert own.get(f"/appels/{uuid4()}").status_code == 404


def _earlier() -> dict[str, str]:
    start = (clock.now() - timedelta(minutes=9)).astimezone(french.PARIS)
    return {"day": start.date().isoformat(), "time": start.strftime("%H:%M")}


def test_the_list_names_nobody(logged_in: LogIn) -> None:
    """Nothing of the person, and no name of a colleague: calls are counted, not watched."""
    visitor = logged_in("cdas_agent")
    noted(visitor)
    main = BeautifulSoup(visitor.get("/appels").text, "html.parser").select_one("main")
    assert main is not None
    text = main.get_text(" ")
    for word in ("1234567", "Essai", "pièce manquante"):
        assert word not in text
    assert "RSA interrompu" in text


def test_the_list_goes_on_page_by_page_and_misses_nothing(world: World, logged_in: LogIn) -> None:
    made = kept_calls(world.cdas_agent, "cdas-redon", 117)
    kept_calls(world.cdas_agent_elsewhere, "cdas-vitre", 3)
    visitor, url, seen, counts = logged_in("cdas_agent"), "/appels", [], []
    while url:
        page = BeautifulSoup(visitor.get(url).text, "html.parser")
        seen += listed(str(page))
        pager = page.select_one(".pager")
        assert pager is not None
        counts.append(pager.get_text(" ", strip=True).partition(" Page")[0])
        further = pager.select_one("a[rel=next]")
        url = str(further["href"]) if further else ""
    assert seen == made
    assert counts == ["1 à 50 sur 117", "51 à 100 sur 117", "101 à 117 sur 117"]


def test_calls_of_the_same_second_are_all_listed_once(world: World, logged_in: LogIn) -> None:
    made = kept_calls(world.cdas_agent, "cdas-redon", 60, minutes_apart=0)
    visitor = logged_in("cdas_agent")
    first = BeautifulSoup(visitor.get("/appels").text, "html.parser")
    further = first.select_one("a[rel=next]")
    assert further is not None
    seen = listed(str(first)) + listed(visitor.get(str(further["href"])).text)
    assert len(seen) == len(set(seen)) == 60
    assert set(seen) == set(made)


def test_a_place_that_is_none_is_the_beginning(world: World, logged_in: LogIn) -> None:
    made = kept_calls(world.cdas_agent, "cdas-redon", 2)
    visitor = logged_in("cdas_agent")
    for place in ("x", "20261301T000000Z.zz", "20260101T000000Z.", "." + "0" * 32, "é"):
        answer = visitor.get(f"/appels?apres={place}&rang=-1")
        assert answer.status_code == 200, place
        assert listed(answer.text) == made, place
