"""The forms of the calendars: weekly hours from a day on, an exceptional closure or opening; hours are Paris time."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from marshmallow import fields, validates_schema
from marshmallow.exceptions import ValidationError

from service.errors import InvalidInput
from service.schemas.call_form import ClockTime
from service.schemas.fields import Choice, Day, Input, Text, flat, load
from service.workflows.business_time import Slot
from service.workflows.calendars import HoursFrom
from service.workflows.french import PARIS

SLOTS = (1, 2)
"""A day has two slots at most: a morning and an afternoon."""


class HoursForm(Input):
    """From when, and the holidays followed; the slots of each day are read by `hours_of`."""

    starts_on = Day(
        required=True,
        metadata={
            "label": "À partir du",
            "hint": "Un jour après aujourd’hui. Tout ce qui précède reste compté comme avant.",
        },
    )
    public_holidays = fields.Boolean(metadata={"label": "Fermé les jours fériés", "widget": "checkbox"})
    school_holidays = fields.Boolean(
        metadata={"label": "Fermé pendant les vacances scolaires (zone B)", "widget": "checkbox"}
    )


class ExceptionForm(Input):
    """An exceptional closure or opening; without a start, from now on."""

    kind = Choice(
        ["closure", "opening"],
        required=True,
        metadata={
            "label": "Que se passe-t-il ?",
            "widget": "choices",
            "choices": [("closure", "Une fermeture"), ("opening", "Une ouverture")],
        },
    )
    starts = Day(metadata={"label": "Premier jour", "hint": "Sans réponse : dès maintenant."})
    starts_time = ClockTime(
        metadata={"label": "À partir de", "widget": "time", "hint": "Sans réponse : toute la journée."}
    )
    ends = Day(required=True, metadata={"label": "Dernier jour"})
    ends_time = ClockTime(
        metadata={"label": "Jusqu’à", "widget": "time", "hint": "Sans réponse : toute la journée."}
    )
    reason = Text(
        required=True,
        maximum=200,
        metadata={"label": "Pourquoi", "hint": "Chacun le lira : aucun nom de personne.", "width": "full"},
    )

    @validates_schema
    def _a_time_has_its_day(self, data: Mapping[str, Any], **_: Any) -> None:
        if data.get("starts_time") and not data.get("starts"):
            raise ValidationError("Donnez aussi le premier jour.", "starts")


def hours_of(form: Mapping[str, str]) -> HoursFrom:
    """The hours that were typed: `day_0_opens_1` … `day_6_closes_2`. Refuses (InvalidInput) with a sentence by day."""
    wrong: dict[str, list[str]] = {}
    given: dict[str, Any] = {}
    try:
        given = load(HoursForm(), form, unknown="exclude")
    except InvalidInput as refused:
        wrong |= refused.fields
    slots: list[Slot] = []
    for weekday in range(7):
        for number in SLOTS:
            try:
                slots += _slot(form, weekday, number)
            except ValidationError as refused:
                wrong.setdefault(f"day_{weekday}", []).extend(flat({"": refused.messages})[""])
    if wrong:
        raise InvalidInput(wrong)
    return HoursFrom(
        given["starts_on"],
        tuple(slots),
        follows_public_holidays=bool(given.get("public_holidays")),
        follows_school_holidays=bool(given.get("school_holidays")),
    )


def typed(hours: HoursFrom) -> dict[str, Any]:
    """The hours as the form holds them; without their day, which is to choose."""
    form: dict[str, Any] = {
        "public_holidays": hours.follows_public_holidays,
        "school_holidays": hours.follows_school_holidays,
    }
    for weekday in range(7):
        of_day = [slot for slot in sorted(hours.weekly) if slot.weekday == weekday]
        for number, slot in zip(SLOTS, of_day, strict=False):
            form[f"day_{weekday}_opens_{number}"] = f"{slot.opens:%H:%M}"
            form[f"day_{weekday}_closes_{number}"] = f"{slot.closes:%H:%M}"
    return form


def period_of(given: Mapping[str, Any]) -> tuple[datetime | None, datetime]:
    """Start (None: now) and end of an ExceptionForm; a last day without a time is included whole."""
    starts = given.get("starts")
    start = None if starts is None else _instant(starts, given.get("starts_time") or time(0))
    if given.get("ends_time") is not None:
        return start, _instant(given["ends"], given["ends_time"])
    return start, _instant(date.fromordinal(given["ends"].toordinal() + 1), time(0))


def _slot(form: Mapping[str, str], weekday: int, number: int) -> list[Slot]:
    opens, closes = (form.get(f"day_{weekday}_{edge}_{number}", "").strip() for edge in ("opens", "closes"))
    if not opens and not closes:
        return []
    if not opens or not closes:
        raise ValidationError("Donnez l’ouverture et la fermeture, ou laissez les deux vides.")
    reader = ClockTime()
    begin, end = reader.deserialize(opens), reader.deserialize(closes)
    if end <= begin:
        raise ValidationError("La fermeture vient avant l’ouverture.")
    return [Slot(weekday, begin, end)]


def _instant(day: date, moment: time) -> datetime:
    return datetime.combine(day, moment, PARIS)
