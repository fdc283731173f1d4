"""Instants, durations and deadlines as the screen says them: the date whole, the time left in business time."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

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

_DAYS_NEAR = {-1: "hier", 0: "aujourd’hui", 1: "demain"}


class Due(NamedTuple):
    """A deadline in the words of the macro of that name.

    `level`: late, soon, fine or none; `words` come first, then `what` and `at_words`, read as one phrase; `iso`: its
    instant, for a `time` element.
    """

    level: str
    words: str
    what: str = ""
    at_words: str = ""
    iso: str | None = None


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
    day = _DAYS_NEAR.get((french.local_day(at) - french.local_day(now)).days)
    return f"{day} à {time_of(at)}" if day else whole(at)


def whole(at: datetime) -> str:
    """« jeudi 29 octobre 2026 à 14 h 05 », its hour in one piece."""
    return french.unbroken(french.instant(at))


def near_day(day: date, today: date) -> str:
    """« aujourd’hui », « hier », else « le 5 octobre 2026 »."""
    away = (day - today).days
    return _DAYS_NEAR[away] if away in (-1, 0) else f"le {french.short_date(day)}"


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


def deadline(due: datetime | None, of: str | None, now: datetime, hours: OpenHours) -> Due | None:
    """A deadline for the macro of that name; late, for today (soon), or later. `hours` are the owing unit's."""
    if due is None or of is None:
        return None
    what, agreement = CLOCK_WORDS[of]
    if due < now:
        over = business_between(hours, due, now)
        words = f"Dépassée de {over}" if over else "Dépassée"
        return Due("late", words, f"{what} {agreement}", near(due, now), iso(due))
    left = business_between(hours, now, due)
    if french.local_day(due) == french.local_day(now):
        return Due("soon", f"Dans {left}" if left else "Aujourd’hui", what, near(due, now), iso(due))
    return Due("fine", f"Dans {left}" if left else "Dès l’ouverture", what, near(due, now), iso(due))


def in_queue(due: Due | None) -> Due:
    """The same in a list: what is neither late nor for today is said without a pill, its date first."""
    if due is None:
        return Due("none", "Sans échéance")
    if due.level != "fine":
        return due
    words, left = due.at_words, due.words
    return Due("none", french.capital(words), due.what, left[:1].lower() + left[1:])
