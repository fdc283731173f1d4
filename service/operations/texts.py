"""What no text that is kept may hold, whatever the road it came by (R-DP-7)."""

from collections.abc import Mapping
from typing import Any

from service.errors import InvalidInput
from service.workflows import nir
from service.workflows.plain_text import plain
from service.workflows.submission import NIR_SENTENCE

LONGEST_TYPED = 12_000
"""Characters of one field of a draft: somewhat more than any field may have when it is sent."""


def refuse_nir(given: Mapping[str, Any]) -> None:
    """Refuse (InvalidInput) the values that hold a social-security number, by name."""
    found = {
        name: [NIR_SENTENCE] for name, value in given.items() if isinstance(value, str) and nir.find(value)
    }
    if found:
        raise InvalidInput(found, rule="R-DP-7")


def as_typed(form: Mapping[str, Any]) -> dict[str, Any]:
    """The form as a draft keeps it: texts plain; refuses (InvalidInput) one far too long, or with a NIR."""
    long = {name for name, value in form.items() if isinstance(value, str) and len(value) > LONGEST_TYPED}
    if long:
        sentence = "Ce texte est trop long : 10 000 caractères au plus. Il n’est pas enregistré."
        raise InvalidInput({name: [sentence] for name in long})
    typed = {name: plain(value) if isinstance(value, str) else value for name, value in form.items()}
    refuse_nir(typed)
    return typed
