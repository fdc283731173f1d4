"""What was typed in a form that could not be taken, because the session had ended meanwhile: nothing is lost.

It travels as hidden inputs through the login page, then comes back on the form, which its author sends again.
Passwords and files do not travel; files are named so that they can be joined again.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import render_template, request

from service.routes.guard import REFILL, can_refill, from_own_page
from service.routes.pages.own_address import endpoint_at

_TARGET, _FILE, _FIELD = "kept_target", "kept_file", "kept."
_NEVER = ("csrf_token", REFILL, _TARGET, _FILE)


@dataclass(frozen=True, slots=True)
class Kept:
    """The address a form was sent to, its fields in order, and the names of its files."""

    target: str
    fields: tuple[tuple[str, str], ...]
    files: tuple[str, ...]

    def inputs(self) -> Iterator[tuple[str, str]]:
        """The hidden inputs that carry it through the login form."""
        yield _TARGET, self.target
        yield from ((_FIELD + name, value) for name, value in self.fields)
        yield from ((_FILE, name) for name in self.files)

    def texts(self) -> list[tuple[str, str]]:
        """What was written in words, to be read and copied, each with a label."""
        written = (value for _, value in self.fields if " " in value.strip())
        return [(f"Texte {number}", text) for number, text in enumerate(written, 1)]


def of_this_request() -> Kept | None:
    """What the present POST carried; None without a form of our own pages worth keeping."""
    target = request.full_path.rstrip("?")
    if request.method != "POST" or not from_own_page() or endpoint_at(target, "POST") is None:
        return None
    fields = tuple((name, value) for name, value in request.form.items(multi=True) if _travels(name))
    files = tuple(part.filename for part in request.files.values() if part.filename)
    return Kept(target, fields, files) if fields or files else None


def of_login_form() -> Kept | None:
    """What the login form carries along; None when it names no address of ours."""
    target = request.form.get(_TARGET, "")
    if endpoint_at(target, "POST") is None:
        return None
    fields = tuple(
        (name.removeprefix(_FIELD), value)
        for name, value in request.form.items(multi=True)
        if name.startswith(_FIELD) and _travels(name.removeprefix(_FIELD))
    )
    return Kept(target, fields, tuple(request.form.getlist(_FILE)))


def give_back(kept: Kept, why: str) -> str:
    """The page that brings back what was typed: to the form where it can be filled, else ready to be sent."""
    return render_template(
        "login/kept.html",
        kept=kept,
        why=why,
        refills=can_refill(endpoint_at(kept.target, "POST")),
        refill_name=REFILL,
        typed=kept.texts(),
    )


def _travels(name: str) -> bool:
    return name not in _NEVER and "password" not in name and not name.startswith(_FIELD)
