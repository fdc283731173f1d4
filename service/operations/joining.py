"""A file joined to what is written or done on a ticket: kept with it, in one transaction, or nothing is."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import Any

from sqlalchemy.exc import IntegrityError

from service.database import transaction
from service.errors import FileRefused, InvalidInput, KeyReused, TooLarge
from service.operations import acts, conversation, files
from service.permissions import Actor


@dataclass(frozen=True, slots=True)
class Joined:
    """A file as it was sent, with what who joins it says that it holds."""

    filename: str
    content: bytes
    description: str | None = None


def write(actor: Actor, reference: str, body: str | None, joined: Joined | None, key: str) -> None:
    """Send a message, a file or both, each once by form `key` and what it holds.

    A page that stays open may send a second text with the same file. Refuses what `write_message` and `attach` refuse.
    """
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
    version: int | None,
) -> int:
    """Do an act with a file, as `acts.perform`; refuses (FileRefused) the file that `attach` does not take."""
    with transaction():
        _join(actor, reference, joined, secrets.token_hex(16))  # before the act, which may end the request
        return acts.perform(actor, reference, name, given, version=version)


def _write(actor: Actor, reference: str, body: str | None, joined: Joined | None, key: str) -> None:
    with transaction():
        if joined is not None:
            told = f"{joined.filename}\n{joined.description}\n".encode()
            _once(partial(_join, actor, reference, joined), f"{key}-file", told + joined.content)
        if body:
            _once(partial(conversation.write_message, actor, reference, body), key, body.encode())


def _once(write: Callable[[str], object], key: str, content: bytes) -> None:
    """Under the form's key; under one of its own what is sent after something else under that key."""
    try:
        write(key)
    except KeyReused:
        write(sha256(key.encode() + content).hexdigest()[: len(key)])


def expect_fit(joined: Joined) -> None:
    """Refuse (FileRefused) a file that could be joined to no request: too large, or of another type."""
    with _as_a_file():
        files.accept(joined.filename, joined.content)


def _join(actor: Actor, reference: str, joined: Joined, key: str) -> None:
    with _as_a_file():
        conversation.attach(actor, reference, joined.filename, joined.content, key, joined.description)


@contextmanager
def _as_a_file() -> Iterator[None]:
    try:
        yield
    except TooLarge as large:
        raise FileRefused({"file": [large.detail, large.advice]}) from None
    except InvalidInput as refused:
        raise FileRefused(refused.fields, rule=refused.rule) from None
