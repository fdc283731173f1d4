"""`units.toml` → typed units: each block checked for itself, then codes and mailboxes against each other."""

import re
from enum import StrEnum
from typing import Any, TypeVar

from service.directory.findings import Report, Spot
from service.directory.rows import UnitRow
from service.permissions import Institution, UnitKind

FILE = "units.toml"

Choice = TypeVar("Choice", bound=StrEnum)

_LONGEST = {
    "code": 40,
    "name": 120,
    "kind": 20,
    "institution": 12,
    "email": 254,
    "telephone": 30,
    "address": 300,
}
"""The keys that hold text, and how many characters the database keeps."""
_REQUIRED = ("code", "name", "kind", "institution")
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>.]+(\.[^@\s,;<>.]+)+")
_WITH_MAILBOX = frozenset({UnitKind.CDAS, UnitKind.CAF_SECRETARIAT})
_INSTITUTION_OF_KIND = {
    UnitKind.CDAS: Institution.DEPARTEMENT,
    UnitKind.CAF_SECRETARIAT: Institution.CAF,
    UnitKind.CAF_PRESTATIONS: Institution.CAF,
    UnitKind.CAF_SOCIAL: Institution.CAF,
}
"""The kinds that only one institution can own; steering and administration exist in both."""


def unit_of(line: int | None, table: dict[str, Any], report: Report) -> UnitRow | None:
    """One unit, or None with what is wrong reported: keys, lengths, code, kind, institution, mailbox."""
    before = len(report.findings)
    spot = Spot(report, FILE, line)
    texts = _texts(table, spot)
    kind = _choice(UnitKind, texts.get("kind"), "kind", spot)
    institution = _choice(Institution, texts.get("institution"), "institution", spot)
    _check_owner(kind, institution, spot)
    _check_code_and_mailbox(texts, kind, spot)
    if kind is None or institution is None or len(report.findings) > before:
        return None
    return UnitRow(
        code=texts["code"],
        name=texts["name"],
        kind=kind,
        institution=institution,
        email=texts.get("email"),
        telephone=texts.get("telephone"),
        address=texts.get("address"),
        illustrative=table.get("illustrative", False),
        line=line,
    )


def check_units_together(units: list[UnitRow], report: Report) -> None:
    """Reports a code or a mailbox that two units share: a mail would be read by the wrong service."""
    by_code: dict[str, UnitRow] = {}
    by_email: dict[str, UnitRow] = {}
    for unit in units:
        spot = Spot(report, FILE, unit.line)
        first = by_code.setdefault(unit.code, unit)
        if first is not unit:
            spot.add(
                f"Le code « {unit.code} » est déjà celui de {first.name}.",
                "Donnez un code différent à chaque service.",
            )
        first = by_email.setdefault(unit.email.casefold(), unit) if unit.email else unit
        if first is not unit:
            spot.add(
                f"La boîte « {unit.email} » est déjà celle de {first.name}.",
                "Donnez à chaque service sa propre boîte.",
            )


def _texts(table: dict[str, Any], spot: Spot) -> dict[str, str]:
    """The keys that hold text, spaces trimmed, empty ones left out."""
    admitted = (*_LONGEST, "illustrative")
    unknown = sorted(set(table) - set(admitted))
    if unknown:
        spot.add(f"Clé inconnue : {', '.join(unknown)}.", f"Les clés admises sont {', '.join(admitted)}.")
    wrong = [key for key in _LONGEST if not isinstance(table.get(key, ""), str)]
    if wrong or not isinstance(table.get("illustrative", False), bool):
        spot.add(
            f"Valeur mal écrite : {', '.join(wrong or ['illustrative'])}.",
            'Un texte s’écrit entre guillemets (") ; illustrative vaut true ou false.',
        )
    texts = {key: table[key].strip() for key in _LONGEST if key not in wrong and table.get(key, "").strip()}
    missing = [key for key in _REQUIRED if key not in texts and key not in wrong]
    if missing:
        spot.add(f"Il manque : {', '.join(missing)}.", "Complétez le bloc [[units]].")
    for key, text in texts.items():
        if len(text) > _LONGEST[key]:
            spot.add(f"{key} est trop long.", f"Raccourcissez à {_LONGEST[key]} caractères au plus.")
    return texts


def _choice(choices: type[Choice], given: str | None, key: str, spot: Spot) -> Choice | None:
    if given is None:
        return None
    try:
        return choices(given)
    except ValueError:
        spot.add(f"« {given} » n’est pas une valeur de {key}.", f"Choisissez parmi : {', '.join(choices)}.")
        return None


def _check_owner(kind: UnitKind | None, institution: Institution | None, spot: Spot) -> None:
    owner = _INSTITUTION_OF_KIND.get(kind) if kind is not None else None
    if owner is not None and institution not in (None, owner):
        spot.add(
            f"Un service de type « {kind} » ne peut pas appartenir à « {institution} ».",
            f'Indiquez institution = "{owner}" ou corrigez le type.',
        )


def _check_code_and_mailbox(texts: dict[str, str], kind: UnitKind | None, spot: Spot) -> None:
    if "code" in texts and not _CODE.fullmatch(texts["code"]):
        spot.add(
            f"Le code « {texts['code']} » n’est pas admis.",
            "Utilisez des minuscules sans accent, des chiffres et des tirets, par exemple « cdas-redon ».",
        )
    if "email" not in texts and kind in _WITH_MAILBOX:
        spot.add("Ce service doit avoir une boîte générique (convention, II.3).", "Ajoutez email.")
    if "email" in texts and not _EMAIL.fullmatch(texts["email"]):
        spot.add(
            f"« {texts['email']} » n’est pas une adresse de messagerie.",
            "Donnez une seule adresse complète.",
        )
