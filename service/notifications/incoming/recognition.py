"""The fields of a request found in the text of a message: half the form is filled, a person completes it.

Confidence is all or nothing: what is not clear, or said twice differently, is absent.
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TypedDict

from service.notifications.incoming import people, situation
from service.notifications.incoming.french_values import (
    AMOUNT,
    CURRENCY,
    MONTH_ALONE,
    amount,
    dates,
    last_day_before,
    last_day_of,
    plain,
)
from service.notifications.incoming.labelled import Line, labelled_lines, under
from service.workflows.urgency import EARLIEST_PAYMENT, HIGHEST_AMOUNT, Benefit, Event


class RecognisedFields(TypedDict, total=False):
    """What was recognised, by name of field.

    `last_payment_exact` is False where only a month is known: the day given is then the latest possible, so
    that three months reached from it are reached for certain (R-UD-1). `told` may also be a no (R-DP-2).
    """

    matricule: str
    last_name: str
    first_name: str
    birth_date: date
    commune: str
    postal_code: str
    benefit: Benefit
    event: Event
    last_payment_on: date
    last_payment_exact: bool
    amount_before: Decimal
    amount_after: Decimal
    cdap_consulted_on: date
    cdap_no_access: bool
    cdap_missing: str
    told: bool


_READ_LENGTH = 100_000
"""Characters of a text that are looked at: a request says what it asks in its first fifty pages."""

_LAST_PAYMENT = re.compile(
    r"(?:date du |le )?derniere?s? (?:versement|paiement|mensualite)s?(?: (?:recu|percu))?"
)
_PAID_UNTIL = re.compile(
    r"(?:derniere?s? (?:versement|paiement|mensualite)s?|(?:paye|verse|percu)e?s? jusqu'(?:au|en|a))"
    r"(?: (?:recu|percu|verse|effectue)e?)?"
    r"(?: (?:(?:le|du|en|au|date|remonte|a|est|etait|de|celui|pour|mois)\b|d'))*[ :]*"
)
_SINCE = re.compile(r"\bdepuis (?:le (?:mois de |mois d')?)?")
_BEFORE_LABEL = re.compile(
    r"(?:montant )?(?:avant|precedent|habituel|ancien)|ancien montant|montant anterieur"
)
_AFTER_LABEL = re.compile(r"(?:montant )?(?:apres|actuel|nouveau)|nouveau montant")
_FROM_TO = re.compile(
    rf"\b(?:de|d'un montant de)\s(?P<before>{AMOUNT})(?:{CURRENCY})?\s(?:par mois )?a\s"
    rf"(?P<after>{AMOUNT}){CURRENCY}"
)
_AMOUNT_ALONE = re.compile(rf"\s*(?P<amount>{AMOUNT})(?:{CURRENCY})?\s*(?:par mois|/ ?mois)?\W*$")
_INSTEAD = re.compile(
    rf"(?P<after>{AMOUNT}){CURRENCY}\s(?:par mois )?(?:au lieu de|contre)\s(?P<before>{AMOUNT}){CURRENCY}"
)
_CDAP_DATE = re.compile(r"(?:consult[^\n.]{0,30}cdap|cdap[^\n.]{0,30}consult)[^\n.:]{0,20}(?:le|du|:)\s?$")
_CDAP_LABEL = re.compile(
    r"cdap(?: consulte)?(?: le)?|(?:date de )?consultation (?:de |du |dans )?cdap|cdap consulte le"
)
_NO_CDAP = re.compile(
    r"\b(?:pas|sans|aucun)(?: d'| l'| un| encore| de droit d'| d')*\s?acces (?:a |au portail |au )?cdap"
)
_MISSING_LABEL = re.compile(
    r"(?:elements?|informations?|pieces?) (?:manquante?s?|absente?s?)(?: (?:dans|de) cdap)?"
    r"|(?:ce qui )?manqu(?:e|ait)(?: dans cdap)?|non visible(?: dans cdap)?|absent de cdap"
)
_TOLD_LABEL = re.compile(
    r"(?:la )?personne (?:est |a ete )?informee?(?: de (?:la|cette) (?:demande|demarche))?"
    r"|information de la personne"
)
_NOT_TOLD = re.compile(
    r"\b(?:n'est pas|n'a pas (?:pu )?(?:ete|etre)) (?:encore )?informee?|\bnon informee?\b"
)
_TOLD = re.compile(
    r"\b(?:est|a (?:bien )?ete|a ete|bien) (?:bien |d'ores et deja )?informee? (?:de|que)\b"
    r"|\b(?:personne|allocataire|madame|monsieur) (?:est |a (?:bien )?ete |bien )?informee?\b(?!\s?[:=])"
)


def recognise(text: str, subject: str = "", written_on: date | None = None) -> RecognisedFields:
    """The fields that are clear in a message. `written_on` gives their year to days without one."""
    written = f"{subject}\n\n{text[:_READ_LENGTH]}"
    flat = plain(written)
    lines = labelled_lines(written)
    found = RecognisedFields()
    _person(found, people.person_in(written, flat, lines, written_on))
    if kind := situation.benefit(flat, written, lines):
        found["benefit"] = kind
    if happened := situation.event(flat, written, lines):
        found["event"] = happened
    _last_payment(found, flat, lines, written_on)
    _amounts(found, flat, lines)
    _cdap(found, flat, lines, written_on)
    if (told := _told(flat, lines)) is not None:
        found["told"] = told
    return found


def _person(found: RecognisedFields, person: people.Person) -> None:
    if person.matricule:
        found["matricule"] = person.matricule
    if person.last_name:
        found["last_name"] = person.last_name
    if person.first_name:
        found["first_name"] = person.first_name
    if person.birth_date:
        found["birth_date"] = person.birth_date
    if person.commune:
        found["commune"] = person.commune
    if person.postal_code:
        found["postal_code"] = person.postal_code


def _last_payment(found: RecognisedFields, flat: str, lines: list[Line], written_on: date | None) -> None:
    said = [_day_said(line.value, 0, written_on, last_day_of) for line in under(lines, _LAST_PAYMENT)]
    if not any(said):
        for sentence in situation.sentences(flat):
            said += [
                _day_said(sentence, match.end(), written_on, last_day_of)
                for match in _PAID_UNTIL.finditer(sentence)
            ]
    if not any(said):
        for sentence in filter(situation.speaks_of_interruption, situation.sentences(flat)):
            said += [
                _day_said(sentence, match.end(), written_on, last_day_before)
                for match in _SINCE.finditer(sentence)
            ]
    days = {day for day in said if day and EARLIEST_PAYMENT <= day[0] <= (written_on or date.max)}
    if len(days) == 1:
        found["last_payment_on"], found["last_payment_exact"] = days.pop()


def _day_said(
    text: str,
    start: int,
    written_on: date | None,
    of_month: Callable[[str, str | None, date | None], date | None],
) -> tuple[date, bool] | None:
    """The date or the month that stands at `start`, and whether it is a day."""
    rest = text[start : start + 40].lstrip()
    for day in dates(rest, written_on):
        if day.start == 0:
            return day.day, of_month is last_day_of
        break
    if month := MONTH_ALONE.match(rest):
        last = of_month(month["month"], month["year"], written_on)
        return (last, False) if last else None
    return None


def _amounts(found: RecognisedFields, flat: str, lines: list[Line]) -> None:
    pairs = {
        (amount(match["before"]), amount(match["after"]))
        for pattern in (_FROM_TO, _INSTEAD)
        for match in pattern.finditer(flat.replace("\n", " "))
    }
    before, after = _one_amount(lines, _BEFORE_LABEL), _one_amount(lines, _AFTER_LABEL)
    if before is None and after is None and len(pairs) == 1:
        before, after = pairs.pop()
    if before is not None and ((after is not None and after >= before) or before > HIGHEST_AMOUNT):
        return
    if before is not None:
        found["amount_before"] = before
    if after is not None:
        found["amount_after"] = after


def _one_amount(lines: list[Line], label: re.Pattern[str]) -> Decimal | None:
    values = [_AMOUNT_ALONE.match(line.value) for line in under(lines, label)]
    amounts = {value for match in values if match and (value := amount(match["amount"])) <= HIGHEST_AMOUNT}
    return amounts.pop() if len(amounts) == 1 else None


def _cdap(found: RecognisedFields, flat: str, lines: list[Line], written_on: date | None) -> None:
    """R-UD-4: the look-up and what was missing there, or no access."""
    if _NO_CDAP.search(flat):
        found["cdap_no_access"] = True
    by_label = [day.day for line in under(lines, _CDAP_LABEL) for day in dates(line.value, written_on)]
    in_text = [
        day.day
        for day in dates(flat, written_on)
        if _CDAP_DATE.search(flat[max(day.start - 80, 0) : day.start])
    ]
    days = {day for day in by_label or in_text if written_on is None or day <= written_on}
    if len(days) == 1 and "cdap_no_access" not in found:
        found["cdap_consulted_on"] = days.pop()
    missing = {line.written for line in under(lines, _MISSING_LABEL)}
    if len(missing) == 1:
        found["cdap_missing"] = missing.pop()


def _told(flat: str, lines: list[Line]) -> bool | None:
    answers = {line.value.strip(" .!") for line in under(lines, _TOLD_LABEL)}
    said = {answer.startswith("oui") for answer in answers if re.match(r"(oui|non)\b", answer)}
    text = " ".join(flat.split())
    if _NOT_TOLD.search(text):
        said.add(False)
    elif _TOLD.search(text):
        said.add(True)
    return said.pop() if len(said) == 1 else None
