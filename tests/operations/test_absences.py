"""Absences and replacements, sectors and their workers, units that close down (roles.md, « cover an absence »)."""

from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID, uuid4

import pytest

from service import clock
from service.database import reading, transaction
from service.errors import GuardRefused, InvalidInput, NotPermitted, NotVisible
from service.models import Account, Call, Sector, Ticket
from service.operations import absences, accounts, acts, calls, drafts, sectors
from service.operations.absences import StandIn, note, standing_in
from service.operations.creation import create_ticket
from service.operations.directory import close_unit
from service.permissions import Actor, Role
from service.queries.absences import away_on
from service.queries.directory import cdas_of
from service.queries.reference import reference
from tests.factories import (
    REDON,
    RENNES,
    World,
    a_draft,
    a_notice,
    a_submission,
    a_submitted_ticket,
    a_unit_replaced,
    an_account,
    seeded_world,
    today,
)


@pytest.fixture
def world(db: str) -> World:
    with transaction() as session:
        return seeded_world(session)


def colleagues(number: int) -> list[Actor]:
    with transaction() as session:
        return [
            an_account(session, "caf-social", Role.CAF_TS, email=f"ts-{n}@test.example")
            for n in range(number)
        ]


def acts_for(account_id: UUID, day: date) -> StandIn:
    with reading() as session:
        return standing_in(session, account_id, day)


def test_a_replacement_is_followed_on_and_a_circle_leads_to_nobody(world: World) -> None:
    first, second, third = (one.account_id for one in colleagues(3))
    head, day = world.caf_head, today()
    week = (day, day + timedelta(days=6))
    assert acts_for(first, day) == StandIn(first, None)
    note(head, first, *week, second)
    assert acts_for(first, day) == StandIn(second, first)
    assert acts_for(first, week[1]) == StandIn(second, first)  # both days are included
    assert acts_for(first, week[1] + timedelta(days=1)) == StandIn(first, None)
    second_absence = note(head, second, *week, third)
    assert acts_for(first, day) == StandIn(third, first)
    third_absence = note(head, third, *week, first)
    assert acts_for(first, day) == StandIn(None, first)
    with reading() as session:
        assert set(session.scalars(away_on(day))) == {first, second, third}

    absences.cancel(head, third_absence)
    with transaction() as session:
        session.get_one(Account, third).suspended_at = clock.now()
    assert acts_for(first, day) == StandIn(None, first)
    assert acts_for(third, day) == StandIn(None, third)
    absences.end(head, second_absence, day)
    assert acts_for(first, day + timedelta(days=1)) == StandIn(second, first)


def test_six_replacements_in_a_row_are_too_many(world: World) -> None:
    people = [one.account_id for one in colleagues(7)]
    for person, replacement in pairwise(people):
        note(world.caf_head, person, today(), today(), replacement)
    assert acts_for(people[0], today()) == StandIn(None, people[0])
    assert acts_for(people[1], today()) == StandIn(people[6], people[1])


def test_what_is_refused(world: World) -> None:
    own, day = world.cdas_agent, today()
    there, other = world.other_cdas_agent, world.cdas_agent_elsewhere

    def refused(starts_on: date, ends_on: date, replacement: UUID | None = None) -> set[str]:
        with pytest.raises(InvalidInput) as found:
            note(own, own.account_id, starts_on, ends_on, replacement)
        return set(found.value.fields)

    assert refused(day, day - timedelta(days=1)) == {"ends_on"}
    assert refused(day, day, own.account_id) == {"replacement"}
    assert refused(day, day, other.account_id) == {"replacement"}
    with transaction() as session:
        session.get_one(Account, there.account_id).suspended_at = clock.now()
    assert refused(day, day, there.account_id) == {"replacement"}
    kept = note(own, own.account_id, day - timedelta(days=3), day)
    assert refused(day, day + timedelta(days=9)) == {"starts_on"}
    note(own, own.account_id, day + timedelta(days=1), day + timedelta(days=9))
    for last in (day - timedelta(days=4), day + timedelta(days=1)):
        with pytest.raises(InvalidInput):
            absences.end(own, kept, last)
    with pytest.raises(InvalidInput):
        absences.cancel(own, kept)
    for stranger in (other, world.cdas_head_elsewhere, world.caf_secretariat):
        with pytest.raises(NotVisible):
            absences.end(stranger, kept, day)
    with pytest.raises(NotVisible):
        absences.end(own, uuid4(), day)


def test_roles_who_notes_the_absence_of_whom(world: World) -> None:
    """Own by all who treat requests; own unit by its head; the Caf social workers also by the secretariat."""
    people = world.by_role
    looked_after: dict[Role, set[Role]] = {role: {role} for role in people}
    looked_after[Role.CDAS_HEAD] |= {Role.CDAS_AGENT}
    looked_after[Role.CAF_LEAD] |= {Role.CAF_AGENT}
    looked_after[Role.CAF_HEAD] |= {Role.CAF_TS}
    looked_after[Role.CAF_SECRETARIAT] |= {Role.CAF_TS, Role.CAF_HEAD}
    without = {Role.STEERING, Role.AUDITOR, Role.SI_REFERENT, Role.ADMIN}
    for role, actor in people.items():
        for whose, person in people.items():
            expected = role not in without and whose in looked_after[role]
            found = absences.may_note_for(actor, person.account_id, person.unit_id, person.unit_kind)
            assert found == expected, (role, whose)
    with pytest.raises(NotPermitted):
        note(world.admin, world.admin.account_id, today(), today())
    with pytest.raises(NotVisible):
        note(world.cdas_agent, world.other_cdas_agent.account_id, today(), today())


def test_r_ci_3_a_place_leads_to_its_cdas_and_its_sector(world: World) -> None:
    worker = world.caf_ts
    with pytest.raises(NotPermitted):
        sectors.set_worker(world.caf_secretariat, "secteur-16", worker.account_id)
    with pytest.raises(InvalidInput):
        sectors.set_worker(world.caf_head, "secteur-16", world.caf_agent.account_id)
    with pytest.raises(NotVisible):
        sectors.set_worker(world.admin, "secteur-99", worker.account_id)
    sectors.set_worker(world.caf_head, "secteur-16", worker.account_id)
    with reading() as session:
        (only,) = sectors.candidates(session, REDON)
        assert (only.sector_code, only.worker_id, only.worker_name, only.quarter) == (
            "secteur-16",
            worker.account_id,
            worker.name,
            "",
        )
        assert len(only.permanences) == 2
        assert sectors.candidates(session, REDON, "centre") == [only]
        split = sectors.candidates(session, RENNES)
        assert len(split) == 12
        assert len({one.sector_code for one in split}) == 5
        (centre,) = sectors.candidates(session, RENNES, "centre")
        assert (centre.sector_code, centre.worker_id) == ("secteur-01", None)
        assert sectors.candidates(session, RENNES, "nowhere") == sectors.candidates(session, None) == []
        assert cdas_of(session, REDON) == ["cdas-redon"]
        assert len(cdas_of(session, RENNES)) > 1
        assert len(cdas_of(session, RENNES, "centre")) == 1
        assert cdas_of(session, None) == []
        assert session.get_one(Sector, "secteur-16").worker_id == worker.account_id


def test_a_unit_closes_down_once_it_owes_nothing(world: World) -> None:
    a_submitted_ticket(world.cdas_agent)
    with pytest.raises(NotPermitted):
        close_unit(world.caf_head, "cdas-vitre", today())
    with pytest.raises(NotVisible):
        close_unit(world.admin, "nowhere", today())
    with pytest.raises(GuardRefused, match="1 demande"):
        close_unit(world.admin, "caf-secretariat", today())
    close_unit(world.admin, "cdas-vitre", today())
    with reading() as session:
        assert reference(session).units["cdas-vitre"].closed_on == today()
    with pytest.raises(InvalidInput) as refused:
        accounts.invite(
            world.admin, email="x@cdas.example", name="Démo X", unit_code="cdas-vitre", role=Role.CDAS_AGENT
        )
    assert "est fermé" in str(refused.value.fields)


def test_what_comes_to_a_service_goes_to_the_one_that_stays(world: World) -> None:
    """R-OR-1: routed, assigned or noted; the only one of its kind does not close, and one that is gone stays so."""
    for code in ("caf-prestations", "caf-secretariat", "caf-social", "administration"):
        with pytest.raises(GuardRefused, match="seul"):
            close_unit(world.admin, code, today())
    waiting = a_submitted_ticket(world.cdas_agent)
    a_unit_replaced(world, "caf-prestations")
    with pytest.raises(InvalidInput) as refused:
        acts.perform(world.caf_secretariat, waiting.reference, "assign", {"unit_id": "caf-prestations"})
    assert "est fermé" in str(refused.value.fields)
    acts.perform(world.caf_secretariat, waiting.reference, "assign", {"unit_id": "caf-prestations-new"})
    call = {"started_at": clock.now(), "minutes": 0, "answered": True, "cdas": "cdas-redon"}
    call |= {"benefit": "rsa", "event": "interruption"}
    noted, _ = calls.record_call(world.caf_secretariat, call, str(uuid4()))
    with reading() as session:
        made = session.get_one(Call, UUID(noted)).ticket_id
        assert session.get_one(Ticket, made).assigned_unit_id == "caf-prestations-new"
    a_unit_replaced(world, "caf-secretariat")
    assert a_submitted_ticket(world.cdas_agent).triage_unit_id == "caf-secretariat-new"
    with pytest.raises(NotVisible):
        close_unit(world.admin, "caf-secretariat", today() + timedelta(days=9))


def test_nothing_leaves_in_the_name_of_a_cdas_that_has_closed(world: World) -> None:
    """A draft from before, one's own or written on behalf, by the page, CDAP or the API; it stays as it was typed."""
    own = a_draft(world.cdas_agent)
    other, _ = create_ticket(
        world.caf_secretariat, "co_intervention", {}, str(uuid4()), submit=False, asking_unit="cdas-redon"
    )
    close_unit(world.admin, "cdas-redon", today())
    for leave in (
        lambda: drafts.send(world.cdas_agent, own.reference, a_submission(), str(uuid4())),
        lambda: drafts.expect_ready(world.cdas_agent, own.reference, a_submission(), "cdap_form"),
        lambda: acts.perform(world.cdas_agent, own.reference, "submit", a_submission()),
        lambda: acts.perform(world.caf_secretariat, other, "submit", {}),
        lambda: create_ticket(world.cdas_agent, "urgent_rights", a_submission(), str(uuid4()), submit=True),
    ):
        with pytest.raises(GuardRefused, match="Pays de Redon est fermé"):
            leave()
    assert drafts.read(world.cdas_agent, own.reference).reference == own.reference


def test_what_is_noted_later_goes_to_no_cdas_that_has_closed_meanwhile(world: World) -> None:
    """R-CLK-8: it left before, by telephone; from today on nobody is there to take it."""
    close_unit(world.admin, "cdas-redon", today())
    before = clock.now() - timedelta(days=2)
    told = a_notice(informed_on=today() - timedelta(days=3))
    with pytest.raises(InvalidInput) as refused:
        create_ticket(
            world.caf_ts,
            "child_protection_notice",
            told,
            str(uuid4()),
            submit=True,
            channel="phone",
            happened_at=before,
        )
    assert "est fermé" in str(refused.value.fields["receiving_unit"])
