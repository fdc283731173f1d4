"""The Caf file number as people type it."""

import re

_SPACING = re.compile(r"[\s.\u00a0]")
_DIGITS = re.compile(r"[0-9]{7}", re.ASCII)


def digits_of(typed: object) -> str | None:
    """Its seven digits, spaces and points ignored; None for anything else."""
    compact = _SPACING.sub("", typed) if isinstance(typed, str) else ""
    return compact if _DIGITS.fullmatch(compact) else None
