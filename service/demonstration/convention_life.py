"""The life of the convention in the demonstration: notices, actions, meetings, CDAP, the Cnaf (R-GO-4 … R-GO-8)."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select

from service.database import transaction
from service.demonstration import convention_words as words
from service.demonstration.agenda import Story
from service.demonstration.demand import is_working
from service.demonstration.situations import working_days
from service.demonstration.stage import Stage
from service.models import AnnouncementKind, AnnouncementReceipt
from service.operations import announcement_lists, announcements, awareness, cdap_practice, local_meetings
from service.permissions import Actor, Institution, Role
from service.workflows.awareness import ACTION_KINDS
from service.workflows.french import PARIS

_SILENT = 0.15
"""The share of units that do not confirm a notice by themselves."""


def stories(stage: Stage) -> Iterator[Story]:
    """The lists in the first days, then what each month brings; the last notices wait to be read."""
    yield _lists(stage)
    yield _each_month(stage)
    yield _asked(stage)
    for days, row in words.NOTICES:
        yield _notice(stage, stage.today - timedelta(days=days), row)


def _lists(stage: Stage) -> Story:
    yield _on(stage.first_day, 9)
    head = stage.staff.shown(Role.CAF_HEAD)
    for label, announced_by, manner in words.KINDS:
        announcement_lists.write_kind(
            head, {"label": label, "announced_by": announced_by, "manner": manner, **words.REFERENTS}
        )
    for name, email in words.ASIP_ACTORS:
        announcement_lists.add_contact(head, name, email)
    cdap_practice.rewrite(head, words.PRACTICE, seen=0)


def _each_month(stage: Stage) -> Story:
    """An action every month, a local meeting every second one."""
    rng, number = stage.dice("awareness"), 0
    day = next(working_days(stage.first_day + timedelta(days=9)))
    keeper = stage.staff.shown(Role.STEERING)
    territories = rng.sample(words.PAYS, len(words.PAYS))
    while True:
        yield _on(day, 17)
        kind = list(ACTION_KINDS)[number % len(ACTION_KINDS)]
        place, audience, unit = words.ACTIONS[kind]
        awareness.record(
            keeper,
            {
                "kind": kind,
                "held_on": _held_on(day, rng.choice((0, 1, 2, 5))),
                "cdas_code": None if place else stage.people.some_cdas(),
                "place": place,
                "audience": audience,
                "participants": rng.randint(6, 28),
                "organised_by": unit,
            },
        )
        if number % 2:
            local_meetings.record(keeper, _meeting(day, territories[number // 2 % len(territories)], number))
        number += 1
        day = next(working_days(day + timedelta(days=27)))


def _held_on(recorded_on: date, days: int) -> date:
    """So many days before it was recorded; that very day where it would be a Sunday."""
    day = recorded_on - timedelta(days=days)
    return day if is_working(day) else recorded_on


def _meeting(day: date, pays: str, number: int) -> dict[str, object]:
    kind, subject, for_departement, for_caf = words.MEETINGS[number // 2 % len(words.MEETINGS)]
    return {
        "kind": kind,
        "held_on": day,
        "where": f"pays|{pays}",
        "subject": subject,
        "for_departement": for_departement,
        "for_caf": for_caf,
    }


def _asked(stage: Stage) -> Story:
    """Requests to the Cnaf, left where each of them is."""
    head = stage.staff.shown(Role.CAF_HEAD)
    for days, given, steps in words.CNAF:
        day = max(stage.today - timedelta(days=days), stage.first_day + timedelta(days=1))
        yield _on(day, 11)
        made = cdap_practice.ask(head, given)
        for status, note in steps:
            cdap_practice.follow(head, made, {"status": status, "happened_on": stage.day, "note": note})


def _notice(stage: Stage, day: date, row: words.Notice) -> Story:
    """Published, then confirmed by most units; who has not by the end is reminded by the visitor."""
    published_on = max(day, stage.first_day + timedelta(days=2))
    yield _on(published_on, 10)
    rng = stage.dice("notice", row.title)
    author = stage.staff.shown(Role.CAF_HEAD if row.side is Institution.CAF else Role.STEERING)
    given = {
        "kind_id": _kind(row.kind),
        "title": row.title,
        "body": row.body,
        "takes_effect_on": published_on + timedelta(days=row.ahead),
        "ends_on": published_on + timedelta(days=row.lasts) if row.lasts else None,
        "groups": row.groups,
        "to_asip": row.to_asip,
    }
    made = announcements.publish(author, given, [], f"{rng.getrandbits(96):024x}")
    yield _on(published_on, 16)
    for actor in _readers(stage, made):
        if rng.random() > _SILENT and actor.unit_id not in row.unread:
            announcements.confirm_read(actor, made)


def _readers(stage: Stage, announcement_id: UUID) -> list[Actor]:
    """Somebody of each unit that the notice is for."""
    with transaction() as session:
        rows = session.scalars(
            select(AnnouncementReceipt).where(AnnouncementReceipt.announcement_id == announcement_id)
        )
        units = {row.unit_code for row in rows if row.confirmed_at is None}
    first: dict[str, Actor] = {}
    for stint in stage.staff.stints:
        if stint.at_work(stage.day) and stint.actor.unit_id in units:
            first.setdefault(stint.actor.unit_id, stint.actor)
    return [first[code] for code in sorted(first)]


def _kind(label: str) -> UUID:
    with transaction() as session:
        return session.scalars(select(AnnouncementKind.id).where(AnnouncementKind.label == label)).one()


def _on(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour, 20), PARIS)
