"""Merge fields in a text, `{{ nom }}`: which it holds, and the text with their values. For letters and answers."""

import re
from collections.abc import Collection, Mapping

_MARK = re.compile(r"\{\{([^{}\n]*)\}\}|[{}]+")


class MergeRefused(ValueError):
    """A model or a text that can not be; `sentence` says why, in French, for the person who typed it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def fields_in(known: Collection[str], text: str) -> frozenset[str]:
    """The merge fields of a text; refuses (MergeRefused) one that is not known, or a stray brace."""
    return frozenset(_field(known, text, mark) for mark in _MARK.finditer(text))


def merged(text: str, values: Mapping[str, str]) -> str:
    """The text with the values in their places, as they are; an absent one leaves nothing."""
    return _MARK.sub(lambda mark: values.get((mark[1] or "").strip(), ""), text)


def _field(known: Collection[str], text: str, mark: re.Match[str]) -> str:
    if mark[1] is None:
        raise MergeRefused(_stray(mark[0], text.count("\n", 0, mark.start()) + 1))
    code = mark[1].strip()
    if code not in known:
        raise MergeRefused(
            f"Le champ « {code} » n’existe pas dans ce modèle. Champs possibles : {', '.join(known)}."
        )
    return code


def _stray(braces: str, line: int) -> str:
    what = "s’ouvre et ne se ferme pas" if braces.startswith("{") else "se ferme sans s’être ouverte"
    return f"Ligne {line} : une accolade {what}. Un champ s’écrit {{{{ nom }}}}, sur une seule ligne."
