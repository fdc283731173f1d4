"""The home page of those who read no request: what each looks after, and nothing of any person."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from service import clock
from service.database import transaction
from service.operations import acts, meeting_agenda, meetings, si_agreement
from service.operations.seals import seal_journal
from service.permissions import HOLDERS, Permission, Role
from tests.factories import World, a_submitted_ticket
from tests.pages.conftest import Visitor
from tests.pages.html import soup, text_of

LogIn = Callable[..., Visitor]
NOW = datetime(2026, 10, 26, 10, tzinfo=ZoneInfo("Europe/Paris"))
PARTS = {
    "reunion": Permission.READ_MEETINGS,
    "chiffres": Permission.READ_FIGURES,
    "sante": Permission.READ_HEALTH,
    "a-faire": Permission.READ_SI_REGISTER,
}


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with clock.driven(lambda: NOW):
        yield


def a_meeting(world: World) -> UUID:
    given = {
        "kind": "monthly",
        "about_on": date(2026, 10, 1),
        "held_on": date(2026, 11, 5),
        "starts_at": "10:00",
    }
    return meetings.plan(world.steering, {**given, "place": "Salle Démo"})


def test_r_go_1_steering_sees_the_next_meeting_and_what_its_agenda_holds(
    world: World, logged_in: LogIn
) -> None:
    """What is not on the agenda counts for nothing; no reference is said here; invitations are said when all left."""
    steering = logged_in("steering")
    assert soup(steering.get("/")).select_one("#reunion") is None
    ticket = a_submitted_ticket(world.cdas_agent)
    refusal = {"reason": "wrong_service", "sentence": "Non.", "turn_to": "CPAM"}
    acts.perform(world.caf_lead, ticket.reference, "reject", refusal)
    meeting_id = a_meeting(world)
    page = steering.get("/")
    said = text_of(page)
    assert "Jeudi 5 novembre 2026 à 10 h 00, Salle Démo" in said
    assert "À l’ordre du jour : 1 demande. Les invitations ne sont pas toutes parties." in said
    assert ticket.reference not in page.text
    meetings.add_participant(world.steering, meeting_id, "unit:cdas-redon")
    assert meetings.invite(world.steering, meeting_id) == 1
    assert "Les invitations sont parties." in text_of(steering.get("/"))
    meeting_agenda.put_aside(world.steering, meeting_id, ticket.reference)
    assert "À l’ordre du jour : rien encore." in text_of(steering.get("/"))


def test_the_seals_and_the_health_of_the_service_are_said_to_the_audit(
    world: World, logged_in: LogIn
) -> None:
    """R-DP-4: when the journal was sealed last; what does not run is named, as on its own page."""
    auditor = logged_in("auditor")
    assert "Les historiques n’ont pas encore été scellés." in text_of(auditor.get("/"))
    a_submitted_ticket(world.cdas_agent)
    with transaction() as session:
        seal_journal(session)
    said = text_of(auditor.get("/"))
    assert "Dernier scellement des historiques : aujourd’hui à 10 h 00." in said
    assert "Ordonnanceur" in said


def test_each_part_stands_where_its_page_is_open_and_nowhere_else(world: World, logged_in: LogIn) -> None:
    a_meeting(world)
    si_agreement.sign(
        world.si_referent,
        {"caf": "Caf Démo", "cpam": "Cpam Démo", "siao": "SIAO Démo", "signed_on": date(2025, 1, 1)},
    )
    for role in (Role.STEERING, Role.AUDITOR, Role.ADMIN, Role.SI_REFERENT):
        shown = {one for one in PARTS if soup(logged_in(role.value).get("/")).select_one(f"#{one}")}
        assert shown == {one for one, permission in PARTS.items() if role in HOLDERS[permission]}, role
        health = soup(logged_in(role.value).get("/")).select_one("[aria-labelledby=sante] p.soft")
        assert (health is not None) == (role in HOLDERS[Permission.READ_SEALS]), role
