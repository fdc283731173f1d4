"""What the convention Caf, Cpam, SIAO waits for (R-SI): the list, the committee, the next date. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from service.workflows import french, si

LIST, COMMITTEE, AGREEMENT = "list", "committee", "agreement"


@dataclass(frozen=True, slots=True)
class Standing:
    """The agreement that stands, and what happened last; None for what never did."""

    signed_on: date
    ends_on: date | None
    refreshed_on: date | None
    committee_on: date | None


@dataclass(frozen=True, slots=True)
class Due:
    """Something put forward: `late`, or a date of the agreement that comes near."""

    subject: str
    due_on: date
    late: bool
    sentence: str

    def week_of(self, today: date) -> date:
        """What keeps it from being told again: the Monday of the week; for the agreement the date itself, once."""
        return self.due_on if self.subject == AGREEMENT else today - timedelta(days=today.weekday())


def dues(standing: Standing | None, today: date) -> list[Due]:
    """What is late or comes near on a day, the most pressing first; nothing where no agreement stands."""
    return [] if standing is None else list(_dues(standing, today))


def _dues(standing: Standing, today: date) -> Iterator[Due]:
    refresh = si.list_due_on(standing.refreshed_on or standing.signed_on)
    if today > refresh:
        since = (
            f"La dernière date du {french.short_date(standing.refreshed_on)}."
            if standing.refreshed_on
            else ""
        )
        sentence = f"La liste des structures du SIAO était attendue le {french.short_date(refresh)}. {since}"
        yield Due(LIST, refresh, late=True, sentence=sentence.strip())
    committee = si.committee_due_on(standing.committee_on or standing.signed_on)
    if today > committee:
        sentence = f"Le comité de pilotage devait se réunir avant le {french.short_date(committee)}."
        yield Due(COMMITTEE, committee, late=True, sentence=sentence)
    if standing.ends_on is not None:
        sentence = f"La convention prend fin le {french.short_date(standing.ends_on)}."
        yield Due(AGREEMENT, standing.ends_on, late=False, sentence=sentence)
    elif (renewal := si.renewal_on(standing.signed_on, today)) - today <= si.WARNED:
        sentence = (
            f"La convention se renouvelle d’elle-même pour un an le {french.short_date(renewal)} : "
            "c’est le moment de l’actualiser, ou d’y mettre fin."
        )
        yield Due(AGREEMENT, renewal, late=False, sentence=sentence)
