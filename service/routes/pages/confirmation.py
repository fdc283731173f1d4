"""What the next page says first: what happened, what follows, and how it is undone."""

from typing import Any

from flask import flash

from service.workflows.machine import UNDO_WITHIN

UNDO_WORDS = (
    f"Vous pouvez le défaire pendant {UNDO_WITHIN.seconds // 60} minutes ; les courriels partent ensuite."
)


def confirm(title: str, follows: str = "", **more: object) -> None:
    """Say it once, on the next page.

    `undo_url`, `undo_label`, `undo_fields` (posted with it): to take it back; `link_url`, `link_label`: to see it.
    """
    # Flask types the message as text; the template's macro takes this mapping as well.
    message: Any = {"title": title, "follows": follows, **more}
    flash(message, "success")
