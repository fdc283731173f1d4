"""What a message says of the request, as the plain values that a ticket keeps (R-UD-2): half a form, filled."""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.directory.places import Directory
from service.directory.recognition import Recogniser
from service.directory.rows import CommuneRow
from service.models import Commune
from service.notifications.incoming import RecognisedFields, recognise
from service.workflows import urgency

EXACT = "last_payment_exact"
"""False beside a last payment of which only the month is said: the day kept is then the latest possible."""

SIGNATURE = "\n\n-- \n"
"""Between what somebody wrote and their signature, which is about themselves."""

_AS_SAID = (
    "matricule",
    "birth_date",
    "benefit",
    "event",
    "last_payment_on",
    EXACT,
    "amount_before",
    "amount_after",
    "cdap_consulted_on",
    "cdap_no_access",
)
_LONGEST = {"last_name": 80, "first_name": 80, "cdap_missing": 2000}


def given_by(session: Session, text: str, subject: str, written_on: date) -> dict[str, Any]:
    """The values of `urgent_rights.receive` that are clear in a message; what is not clear is absent.

    « La personne est informée » counts from the day of the message (R-DP-2).
    """
    said = recognise(text.partition(SIGNATURE)[0], subject, written_on)
    given: dict[str, Any] = {name: value for name, value in said.items() if name in _AS_SAID}
    for name, longest in _LONGEST.items():
        value = str(said.get(name, ""))
        if value and len(value) <= longest:
            given[name] = value
    if said.get("told"):
        given["told_on"] = written_on
    if insee := _commune(session, said):
        given["commune"] = insee
    return _without_absurd(given, written_on)


def commune_proposed(session: Session, text: str) -> str | None:
    """The one commune (INSEE) that a text seems to name, for somebody to confirm; None when several do."""
    seen = Recogniser(_directory(session)).places_in(text.partition(SIGNATURE)[0])
    certain = [sighting for sighting in seen if sighting.certain] or seen
    return certain[0].commune.insee if len(certain) == 1 else None


def _commune(session: Session, said: RecognisedFields) -> str | None:
    """The commune said under its label, once only one is meant."""
    name, code = said.get("commune"), said.get("postal_code")
    if not name:
        return None
    found = _directory(session).communes_named(name)
    if len(found) > 1 and code:
        found = tuple(row for row in found if code in row.postal_codes)
    return found[0].insee if len(found) == 1 else None


def _directory(session: Session) -> Directory:
    """The communes of the database, as the directory's own search wants them."""
    rows = session.scalars(select(Commune).order_by(Commune.insee))
    communes = tuple(
        CommuneRow(row.insee, row.name, tuple(row.postal_codes.split()), row.epci, row.population)
        for row in rows
    )
    return Directory(units=(), communes=communes, quarters=(), sectors=(), coverage=())


def _without_absurd(given: dict[str, Any], day: date) -> dict[str, Any]:
    """Without what the rules could not take (R-UD-1): a person will ask."""
    names = ("last_payment_on", "amount_before", "amount_after")
    wrong = urgency.input_errors(
        given.get("benefit"), given.get("event"), day, *(given.get(name) for name in names)
    )
    return {name: value for name, value in given.items() if name not in wrong}
