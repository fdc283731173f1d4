"""« Réunions », « Dire ce qui marche ou non », « Mettre en avant »: by role, and on paper (R-GO-1 to 3)."""

import io
from collections.abc import Callable, Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from service import clock
from service.database import reading
from service.models import AccessEntry, PutForward, Remark, Ticket
from service.operations import acts, meetings
from service.permissions import HOLDERS, Permission, Role
from tests import tagged
from tests.factories import World, a_submitted_ticket
from tests.pages.conftest import Visitor
from tests.pages.html import beside, fields_of, soup, summary_of, text_of

LogIn = Callable[..., Visitor]
PARIS = ZoneInfo("Europe/Paris")
NIR = "1 85 05 35 238 005 22"


class Hand:
    """The clock's hand, set by the test."""

    instant = datetime(2026, 10, 26, 10, tzinfo=PARIS)


@pytest.fixture(autouse=True)
def hand() -> Iterator[Hand]:
    hand = Hand()
    with clock.driven(lambda: hand.instant):
        yield hand


def a_meeting(world: World, kind: str = "monthly", day: date = date(2026, 11, 5)) -> str:
    given = {
        "kind": kind,
        "about_on": date(2026, 10, 1),
        "held_on": day,
        "starts_at": "10:00",
        "place": "Salle Démo",
    }
    return f"/reunions/{meetings.plan(world.steering, given)}"


def test_a_meeting_is_planned_prepared_held_and_written_down(
    world: World, logged_in: LogIn, hand: Hand
) -> None:
    """R-GO-1 from the form to the minutes; a reference is a link for who may read it, plain text for others."""
    reference = a_submitted_ticket(world.cdas_agent).reference
    acts.perform(
        world.caf_lead,
        reference,
        "reject",
        {"reason": "wrong_service", "sentence": "Non.", "turn_to": "CPAM"},
    )
    steering, head = logged_in("steering"), logged_in("cdas_head")
    typed = {"kind": "monthly", "about_on": "2026-10-26", "held_on": "2026-10-20", "starts_at": "25:00"}
    wrong = steering.post("/reunions", {**typed, "place": "Salle Démo"})
    assert wrong.status_code == 422
    assert "Écrivez l’heure comme 09:30" in beside(wrong, "starts_at")
    assert fields_of(wrong, "aside form")["place"] == "Salle Démo"
    past = steering.post("/reunions", {**typed, "starts_at": "10:00", "place": "Salle Démo"})
    assert "à partir d’aujourd’hui" in summary_of(past)
    made = steering.post(
        "/reunions", {**typed, "held_on": "2026-11-05", "starts_at": "10:00", "place": "Salle Démo"}
    )
    assert made.status_code == 303
    address = made.location

    page = steering.get(address)
    assert "Octobre 2026" in text_of(page)
    assert "jeudi 5 novembre 2026 à 10 h 00" in text_of(page)
    assert "refusée" in text_of(page)
    assert reference in page.text
    assert f"/demandes/{reference}" not in page.text
    assert "Gall" not in page.text
    assert f'href="/demandes/{reference}"' in head.get(address).text
    assert f"/demandes/{reference}" not in logged_in("cdas_head_elsewhere").get(address).text

    assert head.post(f"{address}/points", {"line": NIR}).status_code == 422
    assert head.post(f"{address}/points", {"line": "Les horaires"}).status_code == 303
    assert head.post(f"{address}/ecarter", {"reference": reference}).status_code == 303
    assert "1 situation mise de côté" in text_of(head.get(address))
    assert head.post(f"{address}/remettre", {"reference": reference}).status_code == 303
    assert head.post(f"{address}/ecarter", {"reference": "x"}).status_code == 404
    assert head.post(f"{address}/participants", {"participant": "unit:cdas-redon"}).status_code == 303
    assert head.post(f"{address}/inviter").status_code == 303
    assert "1 participant reçoit l’invitation" in text_of(head.get(address))
    early = head.post(f"{address}/ouvrir")
    assert (early.status_code, "s’ouvre ce jour-là" in summary_of(early)) == (409, True)
    assert head.get(f"{address}/compte-rendu").status_code == 404

    hand.instant = datetime(2026, 11, 5, 10, 5, tzinfo=PARIS)
    steering = logged_in("steering")
    assert steering.post(f"{address}/ouvrir").location.endswith("/seance")
    room = steering.get(f"{address}/seance")
    assert soup(room).select_one(".room") is not None
    empty = steering.post(f"{address}/decisions", {"sort": "action", "said": ""})
    assert all(beside(empty, name) for name in ("said", "owner", "due_on"))
    half = steering.post(f"{address}/decisions", {"sort": "action", "said": "Un atelier CDAP"})
    assert half.status_code == 422
    assert "un responsable et une échéance" in beside(half, "owner")
    assert "Un atelier CDAP" in half.text
    action = {
        "sort": "action",
        "said": "Un atelier CDAP",
        "owner": "unit:caf-direction",
        "due_on": "2026-11-20",
    }
    assert steering.post(f"{address}/decisions", action).status_code == 303
    assert (
        steering.post(f"{address}/decisions", {"sort": "decision", "said": "On garde la ligne."}).status_code
        == 303
    )
    assert "avant le 20 novembre 2026" in text_of(steering.get(f"{address}/seance"))
    assert (
        steering.post(address, {"held_on": "2026-11-06", "starts_at": "10:00", "place": "x"}).status_code
        == 409
    )

    minutes = steering.get(f"{address}/compte-rendu")
    assert minutes.mimetype == "application/pdf"
    assert "compte-rendu-reunion-technique-2026-11-05.pdf" in minutes.headers["Content-Disposition"]
    assert minutes.data == logged_in("cdas_agent").get(f"{address}/compte-rendu").data
    paper = PdfReader(io.BytesIO(minutes.data))
    assert tagged.faults(minutes.data) == []
    assert len(minutes.data) <= 100_000  # what its link says
    said = " ".join(page.extract_text() for page in paper.pages)
    for words in (
        "Réunion technique – octobre 2026",
        reference,
        "Les horaires",
        "Un atelier CDAP",
        "On garde",
    ):
        assert words in said
    assert "Gall" not in said

    # The next one shows the action; done, with its day and its note, it stays there that day.
    hand.instant = datetime(2026, 11, 26, 10, tzinfo=PARIS)
    steering = logged_in("steering")
    following = a_meeting_of_november(world)
    page = steering.get(following)
    assert "en retard de 6 jours" in text_of(page)
    form = next(str(a["href"]) for a in soup(page).select("a") if "/actions/" in str(a.get("href")))
    assert "Faite le" in text_of(steering.get(form))
    late = steering.post(form, {"done_on": "2026-12-24", "note": "Tenu."})
    assert (late.status_code, "Tenu." in late.text) == (422, True)
    assert steering.post(form, {"done_on": "2026-11-26", "note": "Tenu."}).status_code == 303
    assert steering.post(form, {"done_on": "2026-11-26", "note": "Tenu."}).status_code == 409
    assert "Un atelier CDAP" not in text_of(steering.get(following))
    assert minutes.data == steering.get(f"{address}/compte-rendu").data


def a_meeting_of_november(world: World) -> str:
    given = {
        "kind": "monthly",
        "about_on": date(2026, 11, 1),
        "held_on": date(2026, 12, 3),
        "starts_at": "10:00",
    }
    return f"/reunions/{meetings.plan(world.steering, {**given, 'place': 'Salle Démo'})}"


def test_who_reads_and_who_writes_meetings(world: World, logged_in: LogIn) -> None:
    """roles.md, « meetings, actions, notices »: a reader sees no form and can send none."""
    address = a_meeting(world)
    for role in Role:
        browser = logged_in(role.value)
        reads, writes = (
            role in HOLDERS[one] for one in (Permission.READ_MEETINGS, Permission.WRITE_MEETINGS)
        )
        page = browser.get(address)
        assert page.status_code == (200 if reads else 403), role
        if reads:
            assert bool(soup(page).select("main form")) is writes, role
        sent = browser.post(f"{address}/points", {"line": "Un point"})
        assert sent.status_code == (303 if writes else 403), role
    absent = "/reunions/01a217dc-a346-7290-99d4-f912028eebb8"
    assert logged_in("steering").get(absent).status_code == 404
    assert logged_in("steering").post(f"{absent}/points", {"line": "Un point"}).status_code == 404


def test_a_particular_meeting_says_who_asks_and_why(world: World, logged_in: LogIn) -> None:
    """R-GO-3."""
    head = logged_in("caf_head")
    typed = {"kind": "particular", "held_on": "2026-11-05", "starts_at": "10:00", "place": "Salle Démo"}
    assert "Dites pourquoi" in beside(head.post("/reunions", typed), "reason")
    made = head.post("/reunions", {**typed, "reason": "Trop de refus contestés."})
    page = text_of(logged_in("cdas_agent").get(made.location))
    assert "Réunion particulière du 5 novembre 2026" in page
    assert "Demandée par : Caf. Trop de refus contestés." in page


def test_a_committee_is_prepared_by_both_sides(world: World, logged_in: LogIn) -> None:
    """R-GO-2: remarks by theme and institution, comments of each side kept with the meeting."""
    address = a_meeting(world, "committee", date(2027, 3, 4))
    agent, head = logged_in("cdas_agent"), logged_in("cdas_head")
    bad = agent.post("/remarques", {"tone": "works", "theme": "line", "text": f"Le {NIR}"})
    assert (bad.status_code, NIR in bad.text) == (422, True)
    made = {"tone": "to_improve", "theme": "cdap", "text": "Les droits arrivent tard."}
    assert agent.post("/remarques", made).status_code == 303
    assert "Les droits arrivent tard." in agent.get("/remarques").text
    with reading() as session:
        remark = session.scalars(select(Remark)).one()
    caf = logged_in("caf_head")
    assert "Les droits arrivent tard." not in caf.get(address).text
    assert "Les droits arrivent tard." in head.get(address).text
    assert caf.post(f"/remarques/{remark.id}/partager").status_code == 404
    assert agent.post(f"/remarques/{remark.id}/partager").status_code == 404
    listed = head.get("/remarques").text
    assert "CDAS Pays de Redon" in listed
    assert "Essai Cdas Agent" not in text_of(head.get("/remarques"))
    assert head.post(f"/remarques/{remark.id}/partager").status_code == 303
    shared = text_of(caf.get(address))
    assert "CDAP Les droits arrivent tard. Département" in shared
    assert "Redon" not in shared.partition("Ce que disent les équipes")[2].partition("Autour")[0]

    assert caf.post(f"{address}/solliciter").status_code == 303
    assert "sollicitées le lundi 26 octobre 2026" in text_of(caf.get(address))
    typed = {
        "works": "La ligne.",
        "to_improve": "",
        "axes": "Un atelier.",
        "seen_works": "0",
        "seen_axes": "0",
    }
    assert caf.post(f"{address}/commentaires", {**typed, "seen_to_improve": "0"}).status_code == 303
    assert "La ligne." in text_of(head.get(address))
    stale = caf.post(f"{address}/commentaires", {**typed, "works": "Autre texte.", "seen_to_improve": "0"})
    assert (stale.status_code, "Autre texte." in stale.text) == (409, True)


def test_a_request_is_put_forward_from_its_page(world: World, logged_in: LogIn) -> None:
    """R-GO-1: a question without a name, shown on the ticket; the reading is logged (R-DP-4)."""
    reference = a_submitted_ticket(world.cdas_agent).reference
    agent, caf = logged_in("cdas_agent"), logged_in("caf_agent")
    assert f"/demandes/{reference}/reunion" in agent.get(f"/demandes/{reference}").text
    url = f"/demandes/{reference}/reunion"
    for text, sentence in (
        ("Et Mme Gall ?", "nomme la personne"),
        ("x" * 301, "300 caractères au plus"),
        ("", "manque"),
    ):
        refused = agent.post(url, {"question": text})
        assert refused.status_code == 422
        assert sentence in beside(refused, "question")
        assert fields_of(refused, "main form")["question"] == text
    assert agent.post(url, {"question": "Qui demande la pièce ?"}).status_code == 303
    assert agent.post(url, {"question": "Encore ?"}).status_code == 422
    shown = caf.get(f"/demandes/{reference}")
    assert "Qui demande la pièce ?" in text_of(shown)
    assert "Retirer la question" not in text_of(shown)
    with reading() as session:
        put = session.scalars(select(PutForward)).one()
        trace = select(AccessEntry.act).join(Ticket, Ticket.id == AccessEntry.ticket_id)
        assert "put_forward" in session.scalars(trace.where(Ticket.reference == reference)).all()
    assert "Retirer la question" in text_of(agent.get(f"/demandes/{reference}"))
    assert logged_in("cdas_agent_elsewhere").get(url).status_code == 404
    assert logged_in("cdas_agent_elsewhere").post(url, {"question": "Et ici ?"}).status_code == 404
    assert agent.post(f"{url}/retirer", {"put_id": "x"}).status_code == 404
    assert agent.post(f"{url}/retirer", {"put_id": str(put.id)}).status_code == 303
    assert "Qui demande la pièce ?" not in text_of(agent.get(f"/demandes/{reference}"))
