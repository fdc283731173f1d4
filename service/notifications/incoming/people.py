"""Who a text is about: file number, names, date of birth, commune; not the professional who signs."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from service.notifications.incoming.french_values import dates, plain
from service.notifications.incoming.labelled import Line, under

_FILE_LABEL = (
    r"(?:(?:n ?°|no\.?|n\.|num\.?|numero) ?(?:d'|de |de l'|du )?"
    r"(?:allocataire|alloc\b\.?|matricule|dossier|caf)"
    r"|matricule|allocataire|alloc\b\.?|dossier)(?: caf| allocataire)?(?: (?:n ?°|no|numero|est(?: le)?))?"
)
_MATRICULE = re.compile(
    rf"(?<!\w){_FILE_LABEL}[ \n]?[:=(-]?[ \n]?(?P<number>\d{{7}}|\d{{3}} \d{{4}}|\d{{1}} \d{{3}} \d{{3}})"
    r"(?: ?[a-z])?(?![\w/])(?![ .-]?\d)"
)
_MATRICULE_LABEL = re.compile(_FILE_LABEL)
_MATRICULE_VALUE = re.compile(r"(?P<number>\d{7}|\d{3} \d{4}|\d \d{3} \d{3})(?: ?[a-z])?\W*$")
_LAST_NAME_LABEL = re.compile(
    r"nom(?: de famille| d'usage| usuel)?(?: (?:de l'|du |de la )(?:allocataire|personne|usager))?"
)
_FIRST_NAME_LABEL = re.compile(r"prenoms?(?: (?:de l'|du |de la )(?:allocataire|personne|usager))?")
_FULL_NAME_LABEL = re.compile(
    r"(?:nom(?:,| et|/| /)? ?prenom|prenom(?:,| et|/| /)? ?nom"
    r"|allocataire|personne(?: concernee)?|beneficiaire|usager)s?"
)
_BIRTH_LABEL = re.compile(r"(?:date de naissance|ddn|nee?|ne\(e\)|ne\.e|naissance)(?: le)?")
_BIRTH = re.compile(r"\b(?:nee?|ne\(e\)|ne\.e) (?:le )?$|\bddn\s?:? ?$|date de naissance\s?:? ?$")
_COMMUNE_LABEL = re.compile(
    r"(?:commune|ville|localite)(?: de (?:residence|domicile|la personne))?|domicile|habite a"
)
_POSTAL_LABEL = re.compile(r"code postal|cp")
_PLACE = r"[A-ZÀ-Ý][\w'’.-]*(?:[ -](?:[A-ZÀ-Ý][\w'’.-]*|sur|sous|en|de|du|des|la|le|les|lès|d['’]\w+)){0,6}"
_LIVES = re.compile(
    r"\b(?:domiciliée?|habit(?:e|ant)|demeurant|réside|résidant|vit|vivant|logée?) (?:à|au|aux) "
    rf"(?P<place>{_PLACE})(?:\s*\(?(?P<code>\d{{5}})\)?)?"
)
_CODE_AND_PLACE = re.compile(rf"(?<!\d)(?P<code>\d{{5}})[ \u00a0]+(?P<place>{_PLACE})")
_TITLE = r"(?:M\.|Mr\.?|Mme|M\.?lle|Monsieur|Madame|Mademoiselle)"
_CAPITALS = r"[A-ZÀ-Ý](?:[A-ZÀ-Ý'’-])+(?: [A-ZÀ-Ý](?:[A-ZÀ-Ý'’-])+){0,2}"
_CAPITALISED = r"[A-ZÀ-Ý][a-zà-ÿ]+(?:[-'’][A-ZÀ-Ý]?[a-zà-ÿ]+)*"
_MIXED = r"[A-ZÀ-Ý][A-ZÀ-Ýa-zà-ÿ'’]+(?:-[A-ZÀ-Ýa-zà-ÿ'’]+)*"
_UPPER_FIRST = re.compile(rf"(?P<last>{_CAPITALS})(?:[ ,]+(?P<first>{_CAPITALISED}))?")
_UPPER_LAST = re.compile(rf"(?P<first>{_CAPITALISED}) (?P<last>{_CAPITALS})")
_LAST_ONLY = re.compile(rf"(?P<last>{_MIXED})")
_TITLED = re.compile(
    rf"(?<!\w){_TITLE}[ \u00a0]+(?P<names>{_MIXED}(?:[ \u00a0]{_MIXED}){{0,3}})(?=(?P<after>[^\n]{{0,40}}))"
)
_SIGNED = re.compile(
    r"^[ \t]*(?:bien )?(?:cordialement|sinceres salutations|bien a vous|respectueusement"
    r"|bonne (?:journee|reception)|merci (?:d'avance|par avance)|avec mes remerciements|salutations)\b"
    r".*?(?=^objet\s?:|\Z)",
    re.MULTILINE | re.DOTALL,
)
"""From a closing formula to the end, or to the subject of the message passed on below it."""
_GREETING = re.compile(
    r"(?:^|\n)[ \t]*(?:bonjour|bonsoir|ch[eè]re?|à l'attention)[^\n.,]{0,12}$", re.IGNORECASE
)
_PROFESSION = re.compile(
    r"^,? ?\(?(?:assistante?|travailleu|referente?|conseill|educat|responsable|secretaire|agente?\b"
    r"|gestionnaire|cesf|as\b|informat|charge|chef|directeur|directrice|infirm|puericult)",
    re.IGNORECASE,
)
_NOT_NAMES = frozenset(
    {"urgence", "urgente", "rsa", "aah", "apl", "caf", "cdas", "cdap", "bonjour", "la", "le", "les"}
)


@dataclass(frozen=True, slots=True)
class Person:
    """What a text says clearly of the person."""

    matricule: str | None = None
    last_name: str | None = None
    first_name: str | None = None
    birth_date: date | None = None
    commune: str | None = None
    postal_code: str | None = None


def person_in(written: str, flat: str, lines: list[Line], written_on: date | None) -> Person:
    """The person of a text; `flat` is `plain(written)`, `lines` its « label : value » lines."""
    said, end = "", 0
    for signature in _SIGNED.finditer(flat):
        said, end = said + written[end : signature.start()], signature.end()
    said += written[end:]
    last_name, first_name = _names(said, lines)
    commune, postal_code = _home(said, lines)
    return Person(
        _matricule(flat, lines), last_name, first_name, _birth(flat, lines, written_on), commune, postal_code
    )


def _matricule(flat: str, lines: list[Line]) -> str | None:
    """Seven digits beside a word that says what they are, and not a part of more."""
    numbers = {match["number"].replace(" ", "") for match in _MATRICULE.finditer(flat)}
    for line in under(lines, _MATRICULE_LABEL):
        if match := _MATRICULE_VALUE.match(line.value):
            numbers.add(match["number"].replace(" ", ""))
    return numbers.pop() if len(numbers) == 1 else None


def _names(said: str, lines: list[Line]) -> tuple[str | None, str | None]:
    last = _only(line.written for line in under(lines, _LAST_NAME_LABEL))
    first = _only(line.written for line in under(lines, _FIRST_NAME_LABEL))
    if last or first:
        return last, first
    full = [_split_name(line.written) for line in under(lines, _FULL_NAME_LABEL)]
    titled = [_split_name(match[0]) for match in _TITLED.finditer(said) if _is_spoken_of(match, said)]
    for found in ([name for name in full if name], [name for name in titled if name]):
        lasts = {plain(last): last for last, _ in reversed(found)}
        firsts = {first for _, first in found if first}
        if len(lasts) == 1:
            return lasts.popitem()[1], firsts.pop() if len(firsts) == 1 else None
        if lasts:
            return None, None
    return None, None


def _is_spoken_of(match: re.Match[str], said: str) -> bool:
    """Whether it is neither the reader who is greeted nor a professional."""
    greeted = _GREETING.search(said[max(match.start() - 60, 0) : match.start()])
    return not greeted and not _PROFESSION.match(match["after"])


def _split_name(text: str) -> tuple[str, str | None] | None:
    """Last and first name: the one in capitals is the last name; a title with one name is a last name."""
    bare = re.sub(rf"^{_TITLE}\s+", "", text.replace("\u00a0", " ")).strip(" ,.")
    if match := _UPPER_FIRST.match(bare):
        return _named(match["last"], match["first"])
    if match := _UPPER_LAST.match(bare):
        return _named(match["last"], match["first"])
    if bare != text and (match := _LAST_ONLY.fullmatch(bare)):
        return _named(match["last"], None)
    return None


def _named(last: str, first: str | None) -> tuple[str, str | None] | None:
    return None if last.split()[0].lower() in _NOT_NAMES else (last, first)


def _birth(flat: str, lines: list[Line], written_on: date | None) -> date | None:
    labelled = [day for line in under(lines, _BIRTH_LABEL) for day in dates(line.value, None)]
    days = {day.day for day in labelled if day.full_year}
    days |= {
        day.day
        for day in dates(flat, None)
        if day.full_year and _BIRTH.search(flat[max(day.start - 25, 0) : day.start])
    }
    plausible = {day for day in days if written_on is None or day <= written_on}
    return plausible.pop() if len(plausible) == 1 else None


def _home(said: str, lines: list[Line]) -> tuple[str | None, str | None]:
    """Commune and postal code as written: the directory knows which commune that is."""
    by_label = [line.written for line in under(lines, _COMMUNE_LABEL)]
    codes = {line.value[:5] for line in under(lines, _POSTAL_LABEL) if re.match(r"\d{5}\b", line.value)}
    if by_label:
        places = {_without_code(shown) for shown in by_label}
        codes |= {match[0] for shown in by_label for match in re.finditer(r"(?<!\d)\d{5}(?!\d)", shown)}
    else:
        matches = [*_LIVES.finditer(said), *_CODE_AND_PLACE.finditer(said)]
        places = {match["place"].rstrip(".-'’ ") for match in matches}
        codes |= {match["code"] for match in matches if match["code"]}
    commune = places.pop() if len(places) == 1 else None
    return commune, codes.pop() if len(codes) == 1 else None


def _without_code(shown: str) -> str:
    return re.sub(r"\s*\(?\b\d{5}\b\)?\s*", " ", shown).strip(" .,")


def _only(values: Iterable[str]) -> str | None:
    """The one value, when there is only one; long ones are sentences, not names."""
    kept = {value.strip(" .,") for value in values if len(value) <= 60}
    return kept.pop() if len(kept) == 1 else None
