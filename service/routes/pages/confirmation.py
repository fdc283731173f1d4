"""What the next page says first: what happened, and what follows."""

from typing import Any

from flask import flash


def confirm(title: str, follows: str = "", **undo: str) -> None:
    """Say it once, on the next page. `undo_url` and `undo_label` offer to take it back."""
    # Flask types the message as text; the template's macro takes this mapping as well.
    message: Any = {"title": title, "follows": follows, **undo}
    flash(message, "success")
