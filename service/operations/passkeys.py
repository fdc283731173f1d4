"""Keys of browsers, telephones and sticks (WebAuthn) that stand in for the code, where an account has added one.

Always after the password or ProConnect, and beside the telephone, which stays the way back. The question that a key
signs is made from the secret of the login or of the session that asks, so that an answer is good for that one alone.
"""

from collections.abc import Sequence
from hashlib import sha256
from ipaddress import ip_address
from urllib.parse import urlsplit
from uuid import UUID

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509 import InvalidVersion
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import PublicKeyCredentialDescriptor

from service import clock, logs
from service.database import reading, transaction
from service.errors import GuardRefused, InvalidInput, NotVisible
from service.models import Account, Membership, Passkey
from service.notifications import telling
from service.operations import entering, login, second_factor, staff
from service.operations.entering import Entered
from service.operations.login import SessionRules
from service.operations.texts import refuse_nir
from service.permissions import Actor

log = logs.logger(__name__)

MOST_KEYS = 5
WRONG = "Cette clé d’accès n’est pas reconnue. Recommencez, ou prenez le code de votre téléphone."
NOT_ADDED = "Cette clé n’a pas pu être ajoutée : recommencez, et suivez ce que demande votre navigateur."
LONGEST_ID = 1023
"""Octets of a credential's identifier, as WebAuthn has it."""
_REFUSED = (
    WebAuthnException,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    RecursionError,
    InvalidVersion,
    UnsupportedAlgorithm,
)
"""What the library raises over an answer that is wrong or damaged: a public key that is none, a text too deep, a
certificate that nobody knows how to read."""
_origin = ""


def configure(public_url: str) -> None:
    """Give the public address: a key is made for its name, and signs for it alone."""
    global _origin
    parts = urlsplit(public_url)
    _origin = f"{parts.scheme}://{parts.netloc}" if _may_have_keys(parts.scheme, parts.hostname or "") else ""


def offered() -> bool:
    """Whether browsers can make keys here: over TLS or on the machine itself, under a name."""
    return bool(_origin)


def of(session: Session, account_id: UUID) -> Sequence[Passkey]:
    """The keys of the account, the first added first."""
    query = select(Passkey).where(Passkey.account_id == account_id)
    return session.scalars(query.order_by(Passkey.added_at, Passkey.id)).all()


def to_add(session: Session, actor: Actor, secret: str) -> str:
    """What the browser is asked for a new key, as JSON; `secret`: that of the present session."""
    return options_to_json(
        generate_registration_options(
            rp_id=_name(),
            rp_name="Relais",
            user_id=actor.account_id.bytes,
            user_name=session.get_one(Account, actor.account_id).email,
            user_display_name=actor.name,
            challenge=_question(secret),
            exclude_credentials=[
                PublicKeyCredentialDescriptor(id=key.credential_id) for key in of(session, actor.account_id)
            ],
        )
    )


def add(
    actor: Actor, secret: str, answer: str, label: str, *, password: str, code: str, address: str
) -> None:
    """Keep a key that the browser has just made; the person is told by mail.

    Refuses (InvalidInput) another password or a code that is not right, both throttled, a name with a social-security
    number (R-DP-7), an answer to another question, and any answer where keys are not offered; (GuardRefused) a sixth
    key, one that is there already, and an account whose telephone is gone.
    """
    refuse_nir({"label": label})
    if not offered():
        raise InvalidInput({"": [NOT_ADDED]})
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=_question(secret),
            expected_rp_id=_name(),
            expected_origin=_origin,
        )
    except _REFUSED as refused:
        log.warning("passkey.refused", account_id=actor.account_id, code=type(refused).__name__)
        raise InvalidInput({"": [NOT_ADDED]}) from refused
    if len(made.credential_id) > LONGEST_ID:
        raise InvalidInput({"": [NOT_ADDED]})
    login.check_password(actor, password, address)
    entering.check_code(actor, code, address)
    key = Passkey(
        account_id=actor.account_id,
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        uses=made.sign_count,
        label=label,
        added_at=clock.now(),
    )
    with transaction() as session:
        login.hold(session, actor.account_id)
        if second_factor.held(session, actor.account_id) is None:
            raise GuardRefused(
                "Votre second facteur vient d’être réinitialisé : enregistrez d’abord un téléphone."
            )
        if len(of(session, actor.account_id)) >= MOST_KEYS:
            raise GuardRefused(
                f"Un compte a {MOST_KEYS} clés au plus.", advice="Retirez d’abord celle qui ne sert plus."
            )
        try:
            with session.begin_nested():
                session.add(key)
        except IntegrityError as known:
            raise GuardRefused("Cette clé est déjà enregistrée.") from known
        _tell(session, actor.account_id, telling.KEY_ADDED)
    log.info("passkey.added", account_id=actor.account_id)


def remove(actor: Actor, key_id: UUID) -> None:
    """Forget one of the actor's own keys; they are told by mail. Refuses (NotVisible) another's."""
    with transaction() as session:
        removed = session.execute(
            delete(Passkey)
            .where(Passkey.id == key_id, Passkey.account_id == actor.account_id)
            .returning(Passkey.id)
        )
        if removed.first() is None:
            raise NotVisible
        _tell(session, actor.account_id, telling.KEY_REMOVED)
    log.info("passkey.removed", account_id=actor.account_id)


def to_ask(secret: str) -> str | None:
    """What the browser is asked in the login that waits under that secret, as JSON.

    None for an account without key, and where keys are not offered. Refuses (NotLoggedIn) like `begun`.
    """
    if not offered():
        return None
    who = entering.begun(secret)
    with reading() as session:
        keys = of(session, who.account_id)
    if not keys:
        return None
    return options_to_json(
        generate_authentication_options(
            rp_id=_name(),
            challenge=_question(secret),
            allow_credentials=[PublicKeyCredentialDescriptor(id=key.credential_id) for key in keys],
        )
    )


def enter(secret: str, answer: str, address: str, rules: SessionRules, *, device: str = "") -> Entered:
    """Open the session with a key of the account. Refuses like `entering.prove`, an account without telephone too."""

    def take(session: Session, account_id: UUID) -> str | None:
        return _take(session, account_id, secret, answer)

    return entering.prove(secret, take, {"": [WRONG]}, address, rules, device=device)


def _take(session: Session, account_id: UUID, secret: str, answer: str) -> str | None:
    try:
        told = parse_authentication_credential_json(answer)
        key = session.scalar(
            select(Passkey)
            .where(Passkey.credential_id == told.raw_id, Passkey.account_id == account_id)
            .with_for_update()
        )
        if key is None or not offered() or second_factor.held(session, account_id) is None:
            return None
        proved = verify_authentication_response(
            credential=told,
            expected_challenge=_question(secret),
            expected_rp_id=_name(),
            expected_origin=_origin,
            credential_public_key=key.public_key,
            credential_current_sign_count=key.uses,
        )
    except _REFUSED as refused:
        log.warning("passkey.refused", account_id=account_id, code=type(refused).__name__)
        return None
    key.uses, key.last_used_at = proved.new_sign_count, clock.now()
    return "passkey"


def _question(secret: str) -> bytes:
    return sha256(f"relais passkey {secret}".encode()).digest()


def _name() -> str:
    return urlsplit(_origin).hostname or ""


def _may_have_keys(scheme: str, host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return scheme == "https" or host == "localhost"
    return False


def _tell(session: Session, account_id: UUID, happened: str) -> None:
    member = session.scalar(staff.members(clock.now()).where(Membership.account_id == account_id))
    if member is not None:
        entering.tell(session, member, happened)
