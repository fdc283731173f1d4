"""« Calendriers »: hours in words, a month day by day, holidays of the school years, closures, changes."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from service.models import CalendarHours, Closure, SettingChange
from service.routes.pages.views import line, moments
from service.workflows import calendars, french, weekly_hours
from service.workflows.business_time import OpenHours, OutsideKnownDays, Slot
from service.workflows.calendars import HoursFrom
from service.workflows.weekly_hours import ONE_DAY, midnight

Shown = dict[str, Any]
Month = tuple[int, int]


def state(hours: OpenHours, now: datetime, *, line_itself: bool) -> Shown:
    """Open or closed now, until when, and why; the line agrees in the feminine."""
    try:
        at = hours.state(now)
    except OutsideKnownDays:
        return {"open": None, "label": "Horaires inconnus", "until": "le calendrier connu est fini"}
    label = ("Ouvert" if at.open else "Fermé") + ("e" if line_itself else "")
    return {"open": at.open, "label": label, "until": french.unbroken(line.sentence(at, now))}


def week(weekly: Sequence[Slot]) -> list[Shown]:
    """The seven days, with the hours of each in words."""
    return [
        {"day": name.capitalize(), "words": french.unbroken(_of_day(weekly, number)) or "Fermé"}
        for number, name in enumerate(french.DAYS)
    ]


def weekly_total(weekly: Iterable[Slot]) -> str:
    """« 37 h 30 par semaine »."""
    return french.unbroken(f"{french.duration(weekly_hours.seconds_a_week(weekly))} par semaine")


def comparison(before: HoursFrom, after: HoursFrom) -> list[Shown]:
    """Day by day, then in all: before, after, and whether they differ."""
    days = [
        {"label": old["day"], "before": old["words"], "after": new["words"]}
        for old, new in zip(week(before.weekly), week(after.weekly), strict=True)
    ]
    days.append(
        {"label": "En tout", "before": weekly_total(before.weekly), "after": weekly_total(after.weekly)}
    )
    days.append(
        {
            "label": "Fermetures",
            "before": french.capital(before.closed_in_words()),
            "after": french.capital(after.closed_in_words()),
        }
    )
    return [{**one, "changes": one["before"] != one["after"]} for one in days]


def hours_fields(typed: Mapping[str, Any], errors: Mapping[str, Sequence[str]]) -> list[Shown]:
    """The seven rows of the form: two slots each, as typed, with what is wrong."""
    return [
        {
            "name": f"day_{number}",
            "label": name.capitalize(),
            "errors": list(errors.get(f"day_{number}", ())),
            "slots": [
                [
                    {
                        "name": f"day_{number}_{edge}_{slot}",
                        "value": typed.get(f"day_{number}_{edge}_{slot}") or "",
                        "label": f"{name.capitalize()}, plage {slot}, {words}",
                    }
                    for edge, words in (("opens", "ouverture"), ("closes", "fermeture"))
                ]
                for slot in (1, 2)
            ],
        }
        for number, name in enumerate(french.DAYS)
    ]


def months(today: date) -> tuple[Month, Month]:
    """The first and the last month shown: September of this school year to August of the next."""
    first = school_year(today)
    return (first, 9), (first + 2, 8)


def school_year(day: date) -> int:
    """The year in which the school year of a day began: it runs from September to August."""
    return day.year if day.month >= 9 else day.year - 1


def shifted(month: Month, by: int) -> Month:
    """The month `by` months later."""
    number = month[0] * 12 + month[1] - 1 + by
    return number // 12, number % 12 + 1


def month(hours: OpenHours, shown: Month, exceptions: Sequence[Closure], today: date) -> Shown:
    """A month in whole weeks, Monday to Sunday: each day says in words whether it opens, and why it does not."""
    first, after = date(*shown, 1), date(*shifted(shown, 1), 1)
    monday = first - timedelta(days=first.weekday())
    number = -(-(after - monday).days // 7)
    weeks = [
        [_day(hours, monday + timedelta(days=7 * row + n), shown, exceptions, today) for n in range(7)]
        for row in range(number)
    ]
    return {"title": month_words(shown), "code": month_code(shown), "weeks": weeks}


def month_words(month: Month) -> str:
    """« novembre 2026 »."""
    return f"{french.MONTHS[month[1] - 1]} {month[0]}"


def month_code(month: Month) -> str:
    """« 2026-11 », as in an address."""
    return f"{month[0]}-{month[1]:02d}"


def holidays(today: date) -> list[Shown]:
    """Public holidays and school holidays of this school year and the next."""
    years = (school_year(today), school_year(today) + 1)
    return [
        {
            "label": f"Année scolaire {year}-{year + 1}",
            "code": str(year),
            "rows": sorted(
                [*_runs(calendars.public_holidays(), year), *_runs(calendars.school_holidays(), year)],
                key=lambda row: (row["first"], row["school"]),
            ),
        }
        for year in years
    ]


def closures(hours: OpenHours, now: datetime, until: datetime) -> list[Shown]:
    """What closes from now up to an instant, longest stretches in one line: « du … au … : vacances … »."""
    try:
        lost = hours.closed_days_between(now, min(until, midnight(hours.last_day)))
    except (OutsideKnownDays, ValueError):
        return []
    found: list[Shown] = []
    for one in lost:
        last = found[-1] if found else None
        if (
            last is not None
            and last["reason"] == one.reason
            and not hours.between(midnight(last["last"] + ONE_DAY), midnight(one.day))
        ):
            last["last"] = one.day
        else:
            found.append({"first": one.day, "last": one.day, "reason": one.reason})
    return [
        {"days": french.capital(_days(row["first"], row["last"])), "reason": french.capital(row["reason"])}
        for row in found
    ]


def exception(row: Closure, now: datetime) -> Shown:
    """A closure or an opening of the list."""
    return {
        "id": row.id,
        "opens": row.opens,
        "kind": "Ouverture" if row.opens else "Fermeture",
        "period": french.unbroken(french.capital(weekly_hours.period_in_words(row.starts_at, row.ends_at))),
        "reason": row.reason,
        "begun": row.starts_at <= now,
    }


def planned(rows: Iterable[tuple[CalendarHours, str | None]]) -> list[Shown]:
    """Hours that have not begun."""
    return [
        {
            "iso": row.starts_on.isoformat(),
            "day": french.long_date(row.starts_on),
            "words": french.unbroken(weekly_hours.in_words(weekly_hours.from_stored(row.weekly))),
            "closed": HoursFrom(
                row.starts_on, (), row.follows_public_holidays, row.follows_school_holidays
            ).closed_in_words(),
            "who": who or "Relais",
        }
        for row, who in rows
    ]


def changes(rows: Iterable[tuple[SettingChange, str | None]], now: datetime) -> list[Shown]:
    """Who changed what, when, from what to what."""
    return [
        {
            "when": french.capital(moments.near(row.changed_at, now)),
            "iso": moments.iso(row.changed_at),
            "before": french.unbroken(french.capital(str(row.before))),
            "after": french.unbroken(french.capital(str(row.after))),
            "who": who or "Relais",
        }
        for row, who in rows
    ]


def _of_day(weekly: Sequence[Slot], weekday: int) -> str:
    return " et ".join(weekly_hours.slot_in_words(slot) for slot in sorted(weekly) if slot.weekday == weekday)


def _day(hours: OpenHours, day: date, shown: Month, exceptions: Sequence[Closure], today: date) -> Shown:
    start, end = midnight(day), midnight(day + ONE_DAY)
    card = {
        "number": day.day,
        "name": french.DAYS[day.weekday()],
        "iso": day.isoformat(),
        "inside": (day.year, day.month) == shown,
        "today": day == today,
    }
    if not hours.first_day <= day <= hours.last_day:
        return {**card, "kind": "unknown", "words": ["Inconnu"], "why": ""}
    spans = [
        french.unbroken(
            f"{french.clock_time(opens.astimezone(french.PARIS).time())} – "
            f"{french.clock_time(closes.astimezone(french.PARIS).time())}"
        )
        for opens, closes in hours.open_spans(start, end)
    ]
    touching = [one for one in exceptions if one.starts_at < end and start < one.ends_at]
    why = ", ".join(dict.fromkeys(one.reason for one in touching)) or hours.closed_day(day)
    kind = "exceptional" if touching else "open" if spans else "holiday" if why else "closed"
    return {
        **card,
        "kind": kind,
        "words": spans or ["Fermé"],
        "why": "" if kind == "open" else french.capital(why),
    }


def _runs(known: Mapping[date, str], year: int) -> list[Shown]:
    """The days of one school year, those that follow each other for the same reason in one row."""
    first, last = date(year, 9, 1), date(year + 1, 8, 31)
    days = [day for day in known if first <= day <= last]
    groups = groupby(enumerate(days), key=lambda one: (known[one[1]], one[1].toordinal() - one[0]))
    found = []
    for (reason, _), members in groups:
        run = [day for _, day in members]
        found.append(
            {
                "first": run[0],
                "school": known is calendars.school_holidays(),
                "days": french.capital(_days(run[0], run[-1])),
                "what": french.capital(reason.removeprefix("jour férié : ")),
                "kind": "Vacances scolaires" if known is calendars.school_holidays() else "Jour férié",
            }
        )
    return found


def _days(first: date, last: date) -> str:
    if first == last:
        return french.long_date(first)
    return f"du {french.long_date(first)} au {french.long_date(last)}"
