"""Dates, durations and amounts in French words, shown in Europe/Paris (R-CAL-3)."""

import re
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")

DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)


_KEPT_TOGETHER = re.compile(r"(?<=\d) (?=h \d\d)|(?<=\d h) (?=\d\d)| (?=[:;?!%€»])|(?<=«) ")
_SPACE = "\u00a0"
_BY_HAND = re.compile(r"(\d{1,2})(?:er)?\s*[/. -]\s*(\d{1,2}|[^\W\d]+)\s*[/. -]\s*(\d{4})")


def read_day(text: str) -> date | None:
    """The day as people write it, the day first: « 1/2/2026 », « 01-02-2026 », « 1er février 2026 ». None otherwise."""
    found = _BY_HAND.fullmatch(text.strip().casefold())
    if found is None:
        return None
    number, month, year = found.groups()
    place = MONTHS.index(month) + 1 if month in MONTHS else int(month) if month.isdecimal() else 0
    try:
        return date(int(year), place, int(number))
    except ValueError:
        return None


def capital(words: str) -> str:
    """Words as they begin a sentence: a capital first letter, the rest as it is."""
    return words[:1].upper() + words[1:]


def local_day(at: datetime) -> date:
    """The day in Europe/Paris. Refuses (ValueError) one without its zone."""
    return _local(at).date()


def short_date(day: date) -> str:
    """« 1er novembre 2026 »."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number} {MONTHS[day.month - 1]} {day.year}"


def long_date(day: date) -> str:
    """« jeudi 29 octobre 2026 »."""
    return f"{DAYS[day.weekday()]} {short_date(day)}"


def clock_time(moment: time) -> str:
    """« 14 h 05 »."""
    return f"{moment.hour} h {moment.minute:02d}"


def instant(at: datetime) -> str:
    """« jeudi 29 octobre 2026 à 14 h 05 », in Europe/Paris. Refuses (ValueError) one without its zone."""
    local = _local(at)
    return f"{long_date(local.date())} à {clock_time(local.time())}"


def duration(seconds: int) -> str:
    """« 3 h 05 », « 45 min », « moins d’une minute »; minutes rounded down. Refuses a negative one."""
    if seconds < 0:
        raise ValueError(f"a duration of {seconds} s")
    if 0 < seconds < 60:
        return "moins d’une minute"
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours} h {minutes:02d}" if hours else f"{minutes} min"


def business_duration(seconds: int) -> str:
    """« 3 h 05 ouvrées »: a duration counted in open hours."""
    return f"{duration(seconds)} {'ouvrée' if seconds // 60 in (0, 1, 60) else 'ouvrées'}"


def counted(number: int, noun: str, plural: str = "") -> str:
    """« 1 jour », « 2 jours »: in French the plural starts at two."""
    return f"{number} {noun if abs(number) < 2 else plural or noun + 's'}"


def ordinal(number: int) -> str:
    """« 1er », « 2e » (masculine)."""
    return "1er" if number == 1 else f"{number}e"


def euros(amount: Decimal) -> str:
    """« 1 234,50 € »."""
    rounded = amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return f"{rounded:,.2f} €".replace(",", " ").replace(".", ",")


def unbroken(text: str) -> str:
    """The text with spaces that do not break where French wants none: « 8 h 30 », guillemets, double signs."""
    return _KEPT_TOGETHER.sub(_SPACE, text)


def _local(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError(f"an instant without its time zone: {at}")
    return at.astimezone(PARIS)
