"""The values of the trade's Settings: typed, stored, read. Their table is in `setting_table.py`.

They are stored as JSON: true or false, a whole number, null, or a text – a target as « 4 hours ».
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import TypeVar

from service.workflows import french
from service.workflows.deadlines import Target
from service.workflows.setting_table import BY_KEY, SETTINGS, Setting, Value
from service.workflows.urgency import MonthsFrom, UrgencyRules

Stored = bool | int | str | None
T = TypeVar("T", bool, int, str, Target)

__all__ = [
    "BY_KEY",
    "SETTINGS",
    "Setting",
    "SettingRefused",
    "Stored",
    "Value",
    "Values",
    "from_stored",
    "in_words",
    "parse",
    "to_stored",
    "to_text",
]

LONGEST_TEXT = 200
MOST_DAYS = 365
MOST_HOURS = 200
_FIRST_YEAR, _LAST_YEAR = 2020, 2100
_YES = frozenset({"1", "on", "oui", "true", "vrai"})
_NO = frozenset({"", "0", "off", "non", "false", "faux"})
_TARGET = re.compile(r"(\d{1,4})\s*(h|heures?|hours?|j|jours?|days?)(?:\s+ouvrée?s?)?")
_WEB_ADDRESS = re.compile(
    r"https://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?(?:/[^\s<>\"']*)?", re.IGNORECASE
)

_EMAIL = re.compile(r"[^\s@<>\"',;]+@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9-]+)+", re.IGNORECASE)


class SettingRefused(ValueError):
    """A value that a Setting can not take; `sentence` says why, in French, for the person who typed it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def parse(setting: Setting, text: str) -> Value:
    """The value of what was typed; refuses (SettingRefused) with a French sentence what can not be."""
    typed = " ".join(text.split())
    match setting.kind:
        case "bool":
            return _flag(typed)
        case "int":
            return _number(typed, setting.lowest, setting.highest)
        case "percent_or_none":
            return _number(typed.removesuffix("%").strip(), 1, 100) if typed else None
        case "target":
            return _target(typed)
        case "email_or_none":
            return _email(typed) if typed else None
        case "day_or_none":
            return _day(typed).isoformat() if typed else None
        case "choice":
            return _choice(setting, typed)
        case "text" | "url":
            return _text(setting, typed)


def to_text(value: Value) -> str:
    """A value as the form shows it; `parse` reads it back."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, Target):
        return french.counted(value.amount, "heure" if value.unit == "hours" else "jour")
    return str(value)


def in_words(setting: Setting, value: Value) -> str:
    """A value as a sentence or a list of changes shows it."""
    if value is None:
        return "aucun"
    if isinstance(value, Target):
        return str(value)
    if setting.kind == "day_or_none":
        return french.short_date(_day(to_text(value)))
    if setting.kind == "percent_or_none":
        return f"{value} %"
    if setting.kind == "int" and isinstance(value, int):
        return french.counted(value, *setting.unit)
    return dict(setting.choices).get(str(value), to_text(value))


def to_stored(value: Value) -> Stored:
    """A value as JSON keeps it."""
    return f"{value.amount} {value.unit}" if isinstance(value, Target) else value


def from_stored(setting: Setting, stored: object) -> Value:
    """The value of what JSON kept; refuses (SettingRefused) what the Setting can not hold."""
    if setting.kind == "bool":
        accepted = isinstance(stored, bool)
    elif setting.kind in ("int", "percent_or_none"):
        accepted = isinstance(stored, int) and not isinstance(stored, bool)
    else:
        accepted = isinstance(stored, str)
    if stored is None and setting.kind.endswith("_or_none"):
        return None
    if not accepted:
        raise SettingRefused(f"Le réglage « {setting.label} » a une valeur illisible : {stored!r}.")
    return parse(setting, to_text(stored) if isinstance(stored, bool) else str(stored))


class Values(Mapping[str, Value]):
    """Every Setting, by key: what is stored, else its default. Unknown keys stay in `stored`, unread."""

    def __init__(self, stored: Mapping[str, object] | None = None) -> None:
        self.stored: Mapping[str, object] = MappingProxyType(dict(stored or {}))
        self._values = {
            setting.key: (
                from_stored(setting, self.stored[setting.key])
                if setting.key in self.stored
                else setting.default
            )
            for setting in SETTINGS
        }

    def __getitem__(self, key: str) -> Value:
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def flag(self, key: str) -> bool:
        """A yes or no. TypeError when the Setting is of another kind."""
        return _of_type(key, self[key], bool)

    def number(self, key: str) -> int:
        """A whole number. TypeError when the Setting is of another kind."""
        return _of_type(key, self[key], int)

    def text(self, key: str) -> str:
        """A text, a choice or an address. TypeError when the Setting is of another kind."""
        return _of_type(key, self[key], str)

    def day(self, key: str) -> date | None:
        """A day; None where there is none. TypeError when the Setting is of another kind."""
        return None if self[key] is None else _day(_of_type(key, self[key], str))

    def target(self, clock: str) -> Target | None:
        """The target of a clock; None for a clock that has none, as `closing`."""
        key = f"target_{clock}"
        return _of_type(key, self[key], Target) if key in self else None

    def urgency_rules(self) -> UrgencyRules:
        """The Settings of the definition (R-UD-1)."""
        threshold = self["strong_decrease_threshold_percent"]
        return UrgencyRules(
            MonthsFrom(self.text("three_months_from")),
            None if threshold is None else self.number("strong_decrease_threshold_percent"),
        )

    def versioned(self) -> dict[str, Stored]:
        """What a version of the convention keeps (R-CLK-7), ready for JSON."""
        return {setting.key: to_stored(self[setting.key]) for setting in SETTINGS if setting.versioned}


def _of_type(key: str, value: Value, wanted: type[T]) -> T:
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        raise TypeError(f"the Setting {key} is not of type {wanted.__name__}")
    return value


def _flag(typed: str) -> bool:
    if typed.casefold() in _YES | _NO:
        return typed.casefold() in _YES
    raise SettingRefused("Répondez par oui ou par non.")


def _number(typed: str, lowest: int, highest: int) -> int:
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 9 and lowest <= int(typed) <= highest):
        raise SettingRefused(f"Indiquez un nombre entier de {lowest} à {highest}.")
    return int(typed)


def _target(typed: str) -> Target:
    match = _TARGET.fullmatch(typed.casefold())
    if match is None:
        raise SettingRefused("Indiquez un nombre d’heures ou de jours ouvrés : « 4 heures », « 2 jours ».")
    if match[2].startswith("h"):
        return Target(_number(match[1], 1, MOST_HOURS), "hours")
    return Target(_number(match[1], 1, MOST_DAYS), "days")


def _choice(setting: Setting, typed: str) -> str:
    if typed not in dict(setting.choices):
        labels = ", ".join(f"« {label} »" for _, label in setting.choices)
        raise SettingRefused(f"Choisissez : {labels}.")
    return typed


def _email(typed: str) -> str:
    if len(typed) > LONGEST_TEXT or not _EMAIL.fullmatch(typed):
        raise SettingRefused("Indiquez une adresse de courriel : « prenom.nom@departement.example ».")
    return typed


def _day(typed: str) -> date:
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        day = None
    if day is None or not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise SettingRefused(f"Indiquez un jour de {_FIRST_YEAR} à {_LAST_YEAR}, écrit comme 2028-12-31.")
    return day


def _text(setting: Setting, typed: str) -> str:
    if not typed:
        raise SettingRefused("Ce réglage ne peut pas être vide.")
    if len(typed) > LONGEST_TEXT:
        raise SettingRefused(f"Ce réglage a {LONGEST_TEXT} caractères au plus.")
    if setting.kind == "url" and not _WEB_ADDRESS.fullmatch(typed):
        raise SettingRefused("Indiquez une adresse web complète, qui commence par https://.")
    return typed
