"""What the next page says first: what happened, and what follows."""

from typing import Any

from flask import flash


def confirm(title: str, follows: str = "", **more: str) -> None:
    """Say it once, on the next page. `undo_url`, `undo_label`: to take it back; `link_url`, `link_label`: to see it."""
    # Flask types the message as text; the template's macro takes this mapping as well.
    message: Any = {"title": title, "follows": follows, **more}
    flash(message, "success")
