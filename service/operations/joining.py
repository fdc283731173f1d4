"""A file joined to what is written or done on a ticket: kept with it, in one transaction, or nothing is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import IntegrityError

from service.database import transaction
from service.errors import FileRefused, InvalidInput, TooLarge
from service.operations import acts, conversation
from service.permissions import Actor


@dataclass(frozen=True, slots=True)
class Joined:
    """A file as it was sent, with what who joins it says that it holds."""

    filename: str
    content: bytes
    description: str | None = None


def write(actor: Actor, reference: str, body: str | None, joined: Joined | None, key: str) -> None:
    """Send a message, a file or both, once by form `key`. Refuses what `write_message` and `attach` refuse."""
    try:
        _write(actor, reference, body, joined, key)
    except IntegrityError:  # a second click came at the same moment: what the first one made is found
        _write(actor, reference, body, joined, key)


def act(
    actor: Actor,
    reference: str,
    name: str,
    given: Mapping[str, Any],
    joined: Joined,
    key: str,
    version: int | None,
) -> int:
    """Do an act with a file, as `acts.perform`; refuses (FileRefused) the file that `attach` does not take."""
    with transaction():
        _join(actor, reference, joined, key)  # before the act, which may end the request
        return acts.perform(actor, reference, name, given, version=version)


def _write(actor: Actor, reference: str, body: str | None, joined: Joined | None, key: str) -> None:
    with transaction():
        if joined is not None:
            _join(actor, reference, joined, f"{key}-file")
        if body:
            conversation.write_message(actor, reference, body, key)


def _join(actor: Actor, reference: str, joined: Joined, key: str) -> None:
    try:
        conversation.attach(actor, reference, joined.filename, joined.content, key, joined.description)
    except TooLarge as large:
        raise FileRefused({"file": [large.detail, large.advice]}) from None
    except InvalidInput as refused:
        raise FileRefused(refused.fields, rule=refused.rule) from None
