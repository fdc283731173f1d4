"""Several codes of one closed list in one column."""

from collections.abc import Collection, Sequence

from sqlalchemy import Dialect, String
from sqlalchemy.types import TypeDecorator


class CodeList(TypeDecorator[list[str]]):
    """Codes separated by spaces, in the order of the list; refuses (ValueError) a code that is not in it."""

    impl = String
    cache_ok = True

    def __init__(self, length: int, allowed: Collection[str] = ()) -> None:
        super().__init__(length)
        self.allowed = tuple(allowed)

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> str | None:
        """Each code once; nothing for an empty list."""
        if not value:
            return None
        if unknown := set(value) - set(self.allowed):
            raise ValueError(f"unknown codes {sorted(unknown)}")
        return " ".join(code for code in self.allowed if code in value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> list[str] | None:
        """The list of codes; None for none."""
        return value.split(" ") if value else None
