"""The cells of a shared document in French: one truth for the page, the paper and the spreadsheet."""

import re
from datetime import date
from decimal import Decimal

from service.statistics.document import Cell, Document, Duration, Hidden, Share, Table
from service.workflows import french

NARROW, FIRM = "\u202f", "\u00a0"
NOTHING = "–"
EMPTY = "Rien à montrer pour cette période."
MASKED = "Un nombre de 1 à 4 est écrit « 1–4 » ; un autre est masqué là où l’on pourrait le retrouver par soustraction."
_UNPRINTABLE = re.compile(r"[^ -~\u00a0-\u017f\u2010-\u2026\u202f\u20ac\u2212]")
_INDICATOR = re.compile(r"(I|II|RD|SI)-\d+")


def cell(value: Cell) -> str:
    """What is read in a table: « 1 234 », « 62,5 % (25/40) », « 3 h 30 », « 1–4 », « – »."""
    match value:
        case None:
            return NOTHING
        case Hidden(mark):
            return mark
        case Share(_, 0):
            return NOTHING
        case Share(part, whole):
            return f"{percent(value)} ({number(part)}/{number(whole)})"
        case Duration(seconds):
            return ("−" if seconds < 0 else "") + _time(abs(seconds))
        case date():
            return french.short_date(value)
        case int() | Decimal():
            return number(value)
        case str():
            return value


def _time(seconds: int) -> str:
    """Kept on one line, the hours grouped: « 1 204 h 00 »."""
    first, *others = french.duration(seconds).split(" ")
    return FIRM.join([number(int(first)) if first.isdigit() else first, *others])


def number(value: int | Decimal) -> str:
    """« 12 345,6 », « −3 »: narrow spaces that do not break, a true minus."""
    written = f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"
    return written.replace(",", NARROW).replace(".", ",").replace("-", "−")


def percent(share: Share) -> str:
    """« 62,5 % », or « – » of nothing."""
    return NOTHING if share.percent is None else f"{number(share.percent)}{FIRM}%"


def hours(duration: Duration) -> Decimal:
    """Hours with two decimals: what a spreadsheet can add up."""
    return round(Decimal(duration.seconds) / 3600, 2)


def revision(document: Document) -> str:
    """« Arrêté le 2 novembre 2026 · révision 2 »: the first edition is not called a revision."""
    made = f"Arrêté le {french.short_date(document.made_on)}"
    return made if document.revision == 1 else f"{made} · révision {document.revision}"


def printable(text: str) -> str:
    """What somebody typed, in one line; « ? » for a sign that paper can not show, so that all is printed."""
    return _UNPRINTABLE.sub("?", " ".join(text.split()))


def notes(table: Table) -> tuple[str, ...]:
    """The sentences under a table; one by unit says how small counts are masked, an empty one that it is."""
    said = (table.note, MASKED if table.by_unit else "", "" if table.rows else EMPTY)
    return tuple(note for note in said if note)


def indicator(section_id: str) -> str:
    """« I-1 » where the section is an indicator of the convention, else nothing."""
    return section_id if _INDICATOR.fullmatch(section_id) else ""


def anchor(identifier: str) -> str:
    """A name for an address or a file, from a section's or a table's id: « i-1-channel »."""
    return re.sub(r"[^a-z0-9]+", "-", identifier.lower()).strip("-")
