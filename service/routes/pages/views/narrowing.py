"""What narrows a list in its address: one of some codes by name, never anything that says who somebody is."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

Shown = dict[str, Any]


class Filter(NamedTuple):
    """A parameter of the address, its label, and its codes with their words; `every`: the words for all of them."""

    name: str
    label: str
    choices: Sequence[tuple[str, str]]
    every: str = "Tous"

    def field(self, value: str) -> Shown:
        """The select for the macros."""
        return {
            "name": self.name,
            "label": self.label,
            "widget": "select",
            "value": value,
            "choices": tuple(self.choices),
            "placeholder": self.every,
            "required": True,
            "errors": [],
        }


def asked(parameters: Mapping[str, str], filters: Sequence[Filter]) -> dict[str, str]:
    """What the address asks, by the name of the filter; a code that is not known is left out."""
    given = ((one, parameters.get(one.name, "")) for one in filters)
    return {one.name: value for one, value in given if value in dict(one.choices)}


def fields(filters: Sequence[Filter], narrowed: Mapping[str, str]) -> list[Shown]:
    """The selects of a list, as they are now."""
    return [one.field(narrowed.get(one.name, "")) for one in filters]
