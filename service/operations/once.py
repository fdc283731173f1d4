"""The same creating request, made twice or fifty times at once, makes one thing."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service import clock, database
from service.database import reading, transaction
from service.errors import KeyReused
from service.models import IdempotencyKey
from service.permissions import Actor
from service.sealing import ring

Make = Callable[[Session], str]


def digest(body: Mapping[str, Any]) -> bytes:
    """The keyed digest by which the same body is known: without the key it says nothing of who is in it."""
    return ring().blind_index("idempotency body", json.dumps(body, sort_keys=True, default=str))


def known_as(key: str) -> str:
    """How a key is stored: a caller may have made it of anything."""
    return ring().blind_index("idempotency key", key).hex()


def is_known(actor: Actor, key: str) -> bool:
    """Whether the actor has already made something under this key."""
    with reading() as session:
        return session.get(IdempotencyKey, (actor.account_id, known_as(key))) is not None


def once(actor: Actor, key: str, body: Mapping[str, Any], make: Make) -> tuple[str, bool]:
    """The name of what `make` made under this key, and whether it was made just now.

    Refuses (KeyReused) the key with another body. Racing calls wait for the first one's commit.
    """
    asked = digest(body)
    try:
        return _attempt(actor, key, asked, make)
    except IntegrityError:
        if database.is_open():
            raise  # who opened the transaction begins again
        return _attempt(actor, key, asked, make)  # who was first has committed: what it made is found


def _attempt(actor: Actor, key: str, asked: bytes, make: Make) -> tuple[str, bool]:
    with transaction() as session:
        known = session.get(IdempotencyKey, (actor.account_id, known_as(key)))
        if known is not None:
            return _same(known, asked), False
        row = IdempotencyKey(
            account_id=actor.account_id, key=known_as(key), body_digest=asked, made="", at=clock.now()
        )
        session.add(row)
        session.flush()  # a racing call stops here until this one commits
        row.made = make(session)
        return row.made, True


def _same(known: IdempotencyKey, asked: bytes) -> str:
    if known.body_digest != asked:
        raise KeyReused(
            "Cette clé a déjà servi pour une autre demande.",
            advice="Employez une nouvelle clé Idempotency-Key pour un contenu différent.",
        )
    return known.made
