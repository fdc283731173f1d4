"""« Réglages »: each Setting in words, its form, its changes and the versions of the convention."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from service.models import SettingChange
from service.operations.what_if import WhatIf
from service.queries.reference import Reference, Version
from service.routes.pages.views import moments
from service.workflows import french
from service.workflows.setting_table import BY_KEY, Kind
from service.workflows.settings import (
    LONGEST_TEXT,
    SETTINGS,
    Setting,
    SettingRefused,
    Value,
    Values,
    from_stored,
    in_words,
)

Shown = dict[str, Any]

_GROUPS: tuple[tuple[str, frozenset[str]], ...] = (
    ("Définition de l’urgence", frozenset({"R-UD-1"})),
    ("Canaux et adresses", frozenset({"R-UD-3", "R-UD-4", "R-UD-5"})),
    ("Tri, objectifs et rappels", frozenset({"R-UD-6", "R-CLK-3"})),
    ("La convention et ses rencontres", frozenset({"R-GO-6", "R-GO-7"})),
    ("Mentions légales et information des personnes", frozenset({"R-DP-9", "R-DP-2"})),
    ("Clôture, réouverture, seconde lecture", frozenset({"R-CLK-1", "R-IND-I-9", "R-UD-8"})),
    ("Durées de conservation", frozenset({"R-DP-4", "R-DP-6"})),
)
_OTHERS = "Autres réglages"
_CONTROLS: Mapping[Kind, Shown] = {
    "bool": {"widget": "choices", "choices": [("oui", "Oui"), ("non", "Non")]},
    "int": {"widget": "number"},
    "percent_or_none": {"widget": "number", "min": 1, "max": 100, "unit": "%", "required": False},
    "target": {"widget": "text", "width": "short"},
    "choice": {"widget": "choices", "column": True},
    "text": {"widget": "text", "width": "medium", "maxlength": LONGEST_TEXT},
    "url": {"widget": "text", "inputmode": "url", "maxlength": LONGEST_TEXT, "spellcheck": False},
    "day_or_none": {"widget": "date", "required": False},
    "email_or_none": {
        "widget": "text",
        "inputmode": "email",
        "maxlength": LONGEST_TEXT,
        "spellcheck": False,
        "required": False,
    },
}


def groups(values: Values) -> list[Shown]:
    """Every Setting, by matter, in the order of their table."""
    named = [(title, [setting for setting in SETTINGS if setting.rule in rules]) for title, rules in _GROUPS]
    grouped = {setting.key for _, settings in named for setting in settings}
    named.append((_OTHERS, [setting for setting in SETTINGS if setting.key not in grouped]))
    return [
        {"title": title, "settings": [shown(setting, values[setting.key]) for setting in settings]}
        for title, settings in named
        if settings
    ]


def shown(setting: Setting, value: Value) -> Shown:
    """One Setting: its label, its value and its default in words, its rule and its marks."""
    return {
        "key": setting.key,
        "label": setting.label,
        "help": setting.help,
        "rule": setting.rule,
        "ours": setting.ours,
        "versioned": setting.versioned,
        "words": in_words(setting, value),
        "default": in_words(setting, setting.default),
        "changed": value != setting.default,
    }


def field(setting: Setting, typed: str, errors: Sequence[str]) -> Shown:
    """The one field of its form."""
    return {
        "name": "value",
        "label": "Valeur",
        "hint": setting.help,
        "value": typed,
        "errors": list(errors),
        "required": True,
        "autocomplete": "off",
        "choices": [(code, french.capital(label)) for code, label in setting.choices],
        "unit": setting.unit[1],
        **({"min": setting.lowest, "max": setting.highest} if setting.kind == "int" else {}),
        **_CONTROLS[setting.kind],
    }


def changes(rows: Iterable[tuple[SettingChange, str | None]], now: datetime) -> list[Shown]:
    """Who changed what, when, from what to what; a Setting that has gone keeps its code."""
    return [
        {
            "key": change.key,
            "label": BY_KEY[change.key].label if change.key in BY_KEY else change.key,
            "before": _words(change.key, change.before),
            "after": _words(change.key, change.after),
            "when": moments.near(change.changed_at, now),
            "iso": moments.iso(change.changed_at),
            "who": name or "Relais",
        }
        for change, name in rows
    ]


def versions(known: Reference, now: datetime) -> list[Shown]:
    """The versions of the convention, the present one first."""
    present = known.version_at(now)
    return [version(one, present, now) for one in reversed(known.versions)]


def version(one: Version, present: Version, now: datetime) -> Shown:
    """A version: since when, whether it is the present one, or still to come."""
    return {
        "number": one.number,
        "label": one.label,
        "since": french.instant(one.effective_at),
        "iso": moments.iso(one.effective_at),
        "present": one.number == present.number,
        "to_come": one.effective_at > now,
    }


def differences(before: Values, after: Values) -> list[Shown]:
    """What one version changes of another, in words."""
    return [
        {
            "key": setting.key,
            "label": setting.label,
            "before": in_words(setting, before[setting.key]),
            "after": in_words(setting, after[setting.key]),
        }
        for setting in SETTINGS
        if setting.versioned and before[setting.key] != after[setting.key]
    ]


def consequences(found: Iterable[WhatIf]) -> list[Shown]:
    """What the proposed values would have made of the last months, one sentence each."""
    return [_consequence(one) for one in found]


def _consequence(one: WhatIf) -> Shown:
    if one.key == "definition":
        cases = french.counted(one.looked_at, "demande envoyée", "demandes envoyées")
        what, words = "Définition de l’urgence", "étaient des urgences définies ; avec cette version"
    else:
        cases = french.counted(one.looked_at, "délai terminé", "délais terminés")
        what, words = BY_KEY[one.key].label, "étaient dans le délai ; avec cette version"
    if not one.looked_at:
        return {"what": what, "words": "Aucun cas dans les 90 derniers jours : rien à comparer."}
    return {"what": what, "words": f"Sur {cases} en 90 jours, {one.before} {words}, {one.after}."}


def _words(key: str, stored: object) -> str:
    setting = BY_KEY.get(key)
    try:
        return str(stored) if setting is None else in_words(setting, from_stored(setting, stored))
    except SettingRefused:
        return str(stored)
