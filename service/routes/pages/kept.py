"""What was typed in a form that could not be taken, because the session had ended meanwhile: nothing is lost.

It travels through the login page sealed for the account whose session ended, then comes back on the form, which its
author sends again. Whoever else enters on the same browser reads nothing of it, not even in the page's source.
Passwords and files do not travel; files are named so that they can be joined again.
"""

import base64
import binascii
import json
from dataclasses import dataclass

from flask import render_template, request, session

from service.routes.guard import REFILL, can_refill, from_own_page
from service.routes.pages.own_address import endpoint_at
from service.sealing import SealBroken, ring

OWNER = "owner"
"""Where the signed cookie keeps whose session the browser had last, as `owner_of` says it; leaving forgets it."""
_CARRIED = "kept"
_NEVER = ("csrf_token", REFILL, _CARRIED)


@dataclass(frozen=True, slots=True)
class Kept:
    """The address a form was sent to, its fields in order, and the names of its files."""

    target: str
    fields: tuple[tuple[str, str], ...]
    files: tuple[str, ...]

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


def carried_from_here() -> str:
    """What the present POST carried, sealed for whose session this browser had; empty where nobody's is known."""
    kept, owner = of_this_request(), session.get(OWNER)
    if kept is None or not owner:
        return ""
    plain = json.dumps([kept.target, kept.fields, kept.files]).encode()
    return base64.urlsafe_b64encode(ring().seal(plain, _place(owner))).decode()


def carried_along() -> str:
    """What the login form carries from one step to the next, still sealed."""
    return request.form.get(_CARRIED, "")


def of_login_form(account_id: object) -> Kept | None:
    """What the login form carried, for the account that has just entered; None where it is another's, or nothing."""
    try:
        sealed = base64.urlsafe_b64decode(carried_along().encode())
        target, fields, files = json.loads(ring().open(sealed, _place(owner_of(account_id))))
    except (SealBroken, binascii.Error, ValueError):
        return None
    if endpoint_at(target, "POST") is None:
        return None
    return Kept(target, tuple((name, value) for name, value in fields), tuple(files))


def owner_of(account_id: object) -> str:
    """An account in a word that says nothing of whose it is, and is the same each time."""
    return ring().blind_index("kept form", str(account_id)).hex()


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


def _place(owner: str) -> str:
    return f"kept form.{owner}"


def _travels(name: str) -> bool:
    return name not in _NEVER and "password" not in name
