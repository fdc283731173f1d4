"""Instants, durations and deadlines as the screen says them: the date whole, the time left in business time."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from service.workflows import french
from service.workflows.business_time import OpenHours, OutsideKnownDays

CLOCK_WORDS: Mapping[str, tuple[str, str]] = {
    "triage": ("tri", "dû"),
    "take": ("prise en charge", "due"),
    "answer": ("réponse de la Caf", "due"),
    "reply": ("réponse du CDAS", "due"),
    "closing": ("accusé de réception", "dû"),
    "forwarding": ("transmission", "due"),
    "first_exchange": ("premier échange", "dû"),
    "validation": ("validation", "due"),
    "call_back": ("rappel", "dû"),
    "offer": ("offre de rendez-vous", "due"),
    "emergency_take": ("prise en charge", "due"),
    "handling": ("traitement", "dû"),
    "feedback": ("retour", "dû"),
    "meeting": ("fixation du rendez-vous", "due"),
    "rights_check": ("vérification des droits", "due"),
    "reception": ("accusé de réception", "dû"),
    "assessment": ("décision des suites", "due"),
}
"""What a deadline is for, and how it agrees."""

_ONE_DAY = timedelta(days=1)
_LONG_WAIT = 8 * 3600


def iso(at: datetime) -> str:
    """For the `datetime` attribute."""
    return at.isoformat().replace("+00:00", "Z")


def time_of(at: datetime) -> str:
    """« 14 h 05 », in Paris."""
    return french.unbroken(french.clock_time(at.astimezone(french.PARIS).time()))


def in_file(at: datetime | None) -> str:
    """« 2026-10-29 14:05 », in Paris: what a spreadsheet sorts and computes with."""
    return f"{at.astimezone(french.PARIS):%Y-%m-%d %H:%M}" if at else ""


def near(at: datetime, now: datetime) -> str:
    """« hier à 16 h 30 », « aujourd’hui à 15 h 12 », « demain à 9 h 15 », else the whole date."""
    day, today = french.local_day(at), french.local_day(now)
    known = {today - _ONE_DAY: "hier", today: "aujourd’hui", today + _ONE_DAY: "demain"}
    return french.unbroken(f"{known[day]} à {time_of(at)}" if day in known else french.instant(at))


def whole(at: datetime) -> str:
    """« jeudi 29 octobre 2026 à 14 h 05 », its hour in one piece."""
    return french.unbroken(french.instant(at))


def near_day(day: date, today: date) -> str:
    """« aujourd’hui », « hier », else « le 5 octobre 2026 »."""
    known = {today - _ONE_DAY: "hier", today: "aujourd’hui"}
    return known.get(day, f"le {french.short_date(day)}")


def business_between(hours: OpenHours, start: datetime, end: datetime) -> str | None:
    """« 3 h 05 ouvrées », « 4 jours ouvrés »; None where no open minute lies between, or the hours are not known."""
    try:
        seconds = hours.between(start, end)
        days = hours.open_days_between(start, end)
    except OutsideKnownDays:
        return None
    if seconds < 60:
        return None
    if days > 1 and seconds > _LONG_WAIT:
        return french.counted(days, "jour ouvré", "jours ouvrés")
    return french.unbroken(french.business_duration(seconds))


def deadline(due: datetime | None, of: str | None, now: datetime, hours: OpenHours) -> dict[str, Any] | None:
    """A deadline for the macro of that name; late, for today (soon), or later. `hours` are the owing unit's."""
    if due is None or of is None:
        return None
    what, agreement = CLOCK_WORDS[of]
    if due < now:
        over = business_between(hours, due, now)
        words = f"Dépassée de {over}" if over else "Dépassée"
        return _shown("late", words, f"{what} {agreement}", near(due, now), due)
    left = business_between(hours, now, due)
    if french.local_day(due) == french.local_day(now):
        return _shown("soon", f"Dans {left}" if left else "Aujourd’hui", what, near(due, now), due)
    return _shown("fine", f"Dans {left}" if left else "Dès l’ouverture", what, near(due, now), due)


def in_queue(view: dict[str, Any] | None) -> dict[str, Any]:
    """The same in a list: what is neither late nor for today is said without a pill, its date first."""
    if view is None:
        return {"level": "none", "words": "Sans échéance", "what": "", "at_words": "", "iso": None}
    if view["level"] != "fine":
        return view
    words, left = str(view["at_words"]), str(view["words"])
    return {
        **view,
        "level": "none",
        "words": french.capital(words),
        "at_words": left[:1].lower() + left[1:],
        "iso": None,
    }


def _shown(level: str, words: str, what: str, at_words: str, at: datetime) -> dict[str, Any]:
    return {"level": level, "words": words, "what": what, "at_words": at_words, "iso": iso(at)}
