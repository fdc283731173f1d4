"""Entering and leaving: sessions live on the server, and ending one row ends it at the next request."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from service import clock, logs
from service.database import reading, transaction
from service.errors import InvalidInput, NotLoggedIn, NotVisible
from service.models import Account, LoginSession, Membership
from service.operations import passwords, secrets_shown_once, staff, throttle
from service.permissions import Actor

log = logs.logger(__name__)

MOST_SESSIONS = 3
_SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SessionRules:
    """How long a session lives without a click, and in any case."""

    idle: timedelta
    absolute: timedelta


@dataclass(frozen=True, slots=True)
class Live:
    """A session that lives now, and who it lets in: read again at each request."""

    session_id: UUID
    actor: Actor
    unit_name: str


def log_in(email: str, password: str, address: str, rules: SessionRules) -> str:
    """Open a session and give its secret; the oldest of the account ends when it has too many.

    Refuses (NotLoggedIn) with one answer, after the same work, an unknown address, a wrong password, an account that
    is suspended, without unit, or not yet opened by its invitation; refuses (TooManyAttempts) before any hashing.
    """
    email = canonical_email(email)
    origin = throttle.Origin.of(email, address)
    throttle.admit(origin)
    with reading() as session:
        membership = session.scalar(staff.members(clock.now()).where(Account.email == email))
    account = membership.account if membership else None
    if not passwords.matches(account.password_hash if account else None, password) or account is None:
        log.warning("login.refused", account_id=account.id if account else None)
        raise NotLoggedIn("L’adresse ou le mot de passe n’est pas reconnu.")
    with transaction() as session:
        throttle.forgive(session, origin)
        _keep_hash_current(session, account, password)
        secret = _open_session(session, account.id, rules)
    log.info("login.succeeded", account_id=account.id)
    return secret


def check_password(actor: Actor, password: str, address: str) -> None:
    """Ask the actor's own password again, before a sensitive change and outside its transaction.

    Refuses (InvalidInput) another one; throttled together with `log_in`.
    """
    with reading() as session:
        account = session.get_one(Account, actor.account_id)
    origin = throttle.Origin.of(account.email, address)
    throttle.admit(origin)
    if not passwords.matches(account.password_hash, password):
        log.warning("password.refused", account_id=account.id)
        raise InvalidInput({"current_password": ["Ce n’est pas votre mot de passe actuel."]})
    with transaction() as session:
        throttle.forgive(session, origin)


def find(secret: str, rules: SessionRules, *, active: bool) -> Live | None:
    """The live session of that secret, with its account's membership in force now; one statement.

    `active`: somebody clicked, so the idle time starts again (written once a minute at most).
    """
    now = clock.now()
    with reading() as session:
        found = session.execute(
            staff.actors(now)
            .join(LoginSession, LoginSession.account_id == Membership.account_id)
            .add_columns(LoginSession.id, LoginSession.last_seen_at)
            .where(
                LoginSession.token_digest == secrets_shown_once.digest(secret),
                LoginSession.expires_at > now,
                LoginSession.last_seen_at > now - rules.idle,
            )
        ).first()
    if found is None:
        return None
    if active and now - found.last_seen_at >= _SEEN_EVERY:
        _note_seen(found.id, now)
    return Live(found.id, *staff.actor_and_unit(found))


def log_out(session_id: UUID) -> None:
    """End the session; a copy of its cookie opens nothing any more."""
    with transaction() as session:
        session.execute(delete(LoginSession).where(LoginSession.id == session_id))


def end_session(actor: Actor, session_id: UUID) -> None:
    """End one of the actor's own sessions. Refuses (NotVisible) another's."""
    with transaction() as session:
        ended = session.execute(
            delete(LoginSession)
            .where(LoginSession.id == session_id, LoginSession.account_id == actor.account_id)
            .returning(LoginSession.id)
        )
        if ended.first() is None:
            raise NotVisible


def end_sessions(session: Session, account_id: UUID, besides: UUID | None = None) -> None:
    """End the account's sessions, in the caller's transaction; one may stay."""
    query = delete(LoginSession).where(LoginSession.account_id == account_id)
    session.execute(query if besides is None else query.where(LoginSession.id != besides))


def end_other_sessions(actor: Actor, session_id: UUID | None) -> None:
    """End the actor's sessions but the present one."""
    with transaction() as session:
        end_sessions(session, actor.account_id, besides=session_id)


def forget_ended(rules: SessionRules) -> int:
    """Delete what no longer lets anybody in, ended sessions (how many) and failed tries that no longer count."""
    now = clock.now()
    with transaction() as session:
        ended = session.scalars(
            delete(LoginSession)
            .where((LoginSession.expires_at <= now) | (LoginSession.last_seen_at <= now - rules.idle))
            .returning(LoginSession.id)
        ).all()
        throttle.forget(session, now - throttle.REMEMBERED)
    return len(ended)


def canonical_email(email: str) -> str:
    """The form in which an address is stored and compared."""
    return email.strip().lower()


def _open_session(session: Session, account_id: UUID, rules: SessionRules) -> str:
    now = clock.now()
    # Two logins at once wait for each other here, so that neither forgets to count the other.
    session.execute(select(Account.id).where(Account.id == account_id).with_for_update())
    living = session.scalars(
        select(LoginSession)
        .where(
            LoginSession.account_id == account_id,
            LoginSession.expires_at > now,
            LoginSession.last_seen_at > now - rules.idle,
        )
        .order_by(LoginSession.created_at.desc(), LoginSession.id.desc())
    )
    for surplus in list(living)[MOST_SESSIONS - 1 :]:
        session.delete(surplus)
    secret = secrets_shown_once.fresh()
    session.add(
        LoginSession(
            account_id=account_id,
            token_digest=secrets_shown_once.digest(secret),
            created_at=now,
            last_seen_at=now,
            expires_at=now + rules.absolute,
        )
    )
    return secret


def _keep_hash_current(session: Session, account: Account, password: str) -> None:
    if account.password_hash and passwords.is_outdated(account.password_hash):
        session.execute(
            update(Account).where(Account.id == account.id).values(password_hash=passwords.keep(password))
        )


def _note_seen(session_id: UUID, now: datetime) -> None:
    with transaction() as session:
        session.execute(
            update(LoginSession)
            .where(LoginSession.id == session_id, LoginSession.last_seen_at < now)
            .values(last_seen_at=now)
        )
