"""« Accompagnements »: opened, shown once, renewed and closed on the page; a worker sees only their own (R-AC)."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from service.database import reading, transaction
from service.models import AccessEntry, Accompaniment, Membership
from service.operations import accompaniments
from service.operations.settings import change_setting
from service.permissions import HOLDERS, Permission, Role
from tests.factories import World, a_submitted_ticket, today
from tests.pages.conftest import Visitor
from tests.pages.html import beside, soup, text_of

LogIn = Callable[..., Visitor]


def test_the_register_is_kept_by_the_caf_social_service_alone() -> None:
    """R-AC: a CDAS sees only, on a ticket it may read, whether the person is followed and by whom."""
    assert HOLDERS[Permission.READ_ACCOMPANIMENTS] == {Role.CAF_SECRETARIAT, Role.CAF_TS, Role.CAF_HEAD}


def test_who_accompanies_is_said_on_a_request_to_a_cdas_and_to_the_social_service_alone(
    world: World, logged_in: LogIn
) -> None:
    """R-AC, roles.md: the Service Prestations answers for rights, and is not told who accompanies."""
    ticket = a_submitted_ticket(world.cdas_agent, matricule="4445556")
    given = {"matricule": "4445556", "last_name": "Exemple-Suivie", "first_name": "Rozenn"}
    term = today() + timedelta(days=120)
    accompaniments.open_(world.caf_ts, {**given, "event": "death_parent", "term_on": term})
    told = {
        post: f"accompagnée par {world.caf_ts.name}"
        in text_of(logged_in(post).get(f"/demandes/{ticket.reference}"))
        for post in ("cdas_agent", "caf_secretariat", "caf_lead", "caf_agent")
    }
    assert told == {"cdas_agent": True, "caf_secretariat": True, "caf_lead": False, "caf_agent": False}


def test_r_dp_4_who_opened_renewed_confided_and_closed_is_found_in_the_access_log(
    world: World, logged_in: LogIn
) -> None:
    """Nothing of the person, and no reading of a request: it neither stops nor reads « hors de votre vue »."""
    given = {"matricule": "4445556", "last_name": "Exemple-Suivie", "first_name": "Rozenn"}
    term = today() + timedelta(days=120)
    made = accompaniments.open_(world.caf_head, {**given, "event": "death_parent", "term_on": term})
    accompaniments.confide(world.caf_secretariat, made, world.caf_ts.account_id)
    accompaniments.renew(world.caf_ts, made, term + timedelta(days=30))
    accompaniments.close(world.caf_ts, made, {"closing_reason": "objectives_met"})
    with reading() as session:
        kept = select(AccessEntry.account_id, AccessEntry.act).where(AccessEntry.ticket_id == made)
        assert session.execute(kept.order_by(AccessEntry.at, AccessEntry.id)).all() == [
            (world.caf_head.account_id, "follow_open"),
            (world.caf_secretariat.account_id, "follow_confide"),
            (world.caf_ts.account_id, "follow_renew"),
            (world.caf_ts.account_id, "follow_close"),
        ]
    head = logged_in("caf_head")
    told = text_of(head.get(f"/acces?person={world.caf_secretariat.account_id}"))
    assert "a confié un accompagnement" in told
    assert "hors de votre vue" not in told
    assert "Exemple-Suivie" not in told
    change_setting(world.admin, "reads_per_hour", "1")
    ticket = a_submitted_ticket(world.cdas_agent)
    assert logged_in("caf_secretariat").get(f"/demandes/{ticket.reference}").status_code == 200


def test_from_opening_to_closing(world: World, logged_in: LogIn) -> None:
    desk, worker, cdas = logged_in("caf_secretariat"), logged_in("caf_ts"), logged_in("cdas_agent")
    form = {
        "matricule": "4445556",
        "last_name": "Exemple-Suivie",
        "first_name": "Rozenn",
        "event": "death_parent",
        "worker_id": str(world.caf_head.account_id),
        "term_on": str(today() + timedelta(days=120)),
    }
    assert world.caf_head.name in text_of(desk.get("/accompagnements/ouvrir"))
    assert "Ceux que vous ouvrez" in text_of(desk.get("/accompagnements?apres=rien"))
    assert "Ceux que vous clorez" in text_of(desk.get("/accompagnements?etat=clos"))
    assert "Élargissez-les" in text_of(desk.get("/accompagnements?evenement=other"))
    missing = desk.post("/accompagnements/ouvrir", {**form, "term_on": ""})
    assert missing.status_code == 422
    assert "manque" in beside(missing, "term_on")
    opened = desk.post("/accompagnements/ouvrir", form)
    assert opened.status_code == 303
    assert "Exemple-Suivie" in text_of(desk.get("/accompagnements"))
    assert "Exemple-Suivie" not in text_of(worker.get("/accompagnements"))
    assert worker.get(opened.location).status_code == 404
    assert cdas.get("/accompagnements").status_code == 403
    second = worker.post("/accompagnements/ouvrir", {**form, "worker_id": ""})
    assert world.caf_head.name in beside(second, "matricule")
    confided = f"{opened.location}/confier"
    same = desk.post(confided, {"worker_id": str(world.caf_head.account_id)})
    assert (same.status_code, "déjà" in beside(same, "worker_id")) == (422, True)
    assert "Choisissez dans la liste" in beside(desk.post(confided, {"worker_id": "x"}), "worker_id")
    assert world.caf_ts.name in text_of(desk.get(opened.location))
    assert desk.post(confided, {"worker_id": str(world.caf_ts.account_id)}).status_code == 303
    assert "Exemple-Suivie" in text_of(worker.get("/accompagnements"))
    assert "Confier" not in text_of(worker.get(opened.location))
    assert worker.post(confided, {"worker_id": str(world.caf_head.account_id)}).status_code == 403
    assert "à confier" not in text_of(desk.get("/accompagnements"))
    with transaction() as session:
        leaving = select(Membership).where(Membership.account_id == world.caf_ts.account_id)
        session.scalars(leaving).one().ends_on = today()
    assert "à confier" in text_of(desk.get("/accompagnements"))
    assert "n’est plus au service social : à confier." in text_of(desk.get(opened.location)).lower()
    later = {"term_on": str(today() + timedelta(days=200))}
    assert desk.post(f"{opened.location}/renouveler", later).status_code == 303
    assert desk.post(f"{opened.location}/clore", {"closing_reason": "objectives_met"}).status_code == 303
    assert "objectifs atteints" in text_of(desk.get(opened.location))
    assert "Exemple-Suivie" not in text_of(desk.get("/accompagnements"))
    assert "Exemple-Suivie" in text_of(desk.get("/accompagnements?etat=clos"))
    offered = soup(desk.get("/accompagnements")).select(".narrowing select[name=etat] option")
    assert [one.get_text() for one in offered] == ["Ouverts", "Clos"]


def test_the_register_says_how_many_there_are(world: World, logged_in: LogIn) -> None:
    """ui.md: every list has its count; one that is narrowed says that of what it shows."""
    desk = logged_in("caf_secretariat")
    for number in ("4445556", "4445557"):
        given = {"matricule": number, "last_name": "Exemple-Suivie", "first_name": "Rozenn"}
        term = today() + timedelta(days=120)
        accompaniments.open_(world.caf_head, {**given, "event": "death_parent", "term_on": term})
    assert "2 accompagnements ouverts" in text_of(desk.get("/accompagnements"))
    assert "Aucun accompagnement ici" in text_of(desk.get("/accompagnements?etat=clos"))
    with reading() as session:
        one = session.scalars(select(Accompaniment)).first()
    assert one is not None
    accompaniments.close(world.caf_head, one.id, {"closing_reason": "objectives_met"})
    assert "1 accompagnement ouvert" in text_of(desk.get("/accompagnements"))
    assert "1 accompagnement clos" in text_of(desk.get("/accompagnements?etat=clos"))
