"""What a process does before it works: logs, database, keys, the address written in mails, the ways of mail."""

from contextlib import suppress

from sqlalchemy.exc import DatabaseError

from service import clock, database, logs, migrate, sealing
from service.backup import nightly
from service.config import Config, ConfigurationError
from service.database import reading
from service.notifications import sending, telling, webhooks
from service.operations import elimination_register, identity_provider, imap_mailbox, passkeys
from service.operations.invented import is_open_to_everybody
from service.operations.seed import sow
from service.queries.settings import unsaid
from service.workflows import french

log = logs.logger(__name__)


def open_house(config: Config, *, look_inside: bool = True) -> None:
    """Give this process its logs, engine, key ring, public address and ways of mail; leaves no connection open.

    Refuses (ConfigurationError), out of the demonstration, a database that holds accounts of the demonstration;
    unless `look_inside` is no, for a database that is about to be replaced and may be broken.
    """
    logs.configure(demonstration=config.demonstration, level=config.log_level)
    database.configure(config.database_url)
    sealing.configure(sealing.KeyRing(config.encryption_keys, config.blind_index_key))
    telling.configure(config.public_url)
    sending.configure(config.smtp)
    webhooks.configure(config.webhook_hosts)
    imap_mailbox.configure(config.imap_mailboxes)
    identity_provider.configure(config.proconnect, config.public_url)
    passkeys.configure(config.public_url)
    nightly.configure(config)
    elimination_register.configure(config)
    if look_inside and not config.demonstration:
        _refuse_the_public_password()


def tell_what_is_missing(config: Config) -> None:
    """Warn, out of the demonstration, of what the public pages lack and of a security contact out of date.

    A database that does not answer is told of elsewhere.
    """
    if config.demonstration:
        return
    if config.security_expires_on and french.local_day(clock.now()) > config.security_expires_on:
        log.warning("security_contact.expired")
    with suppress(DatabaseError), reading() as session:
        if missing := unsaid(session):
            log.warning("settings.to_fill", count=len(missing))
    database.engine().dispose()


def bring_up_to_date(config: Config) -> None:
    """Bring the schema to this version, then give the database the reference data that it lacks."""
    open_house(config)
    migrate.upgrade(config.database_url)
    sow()


def _refuse_the_public_password() -> None:
    try:
        public = is_open_to_everybody()
    except DatabaseError as failed:
        sentence = "la base ne répond pas ; vérifiez son adresse, et qu’elle est en marche."
        raise ConfigurationError({"RELAIS_DATABASE_URL": sentence}) from failed
    finally:
        database.engine().dispose()
    if public:
        raise ConfigurationError(
            {
                "RELAIS_DATABASE_URL": "cette base est celle d’une démonstration, dont tout le monde connaît le mot "
                "de passe ; donnez l’adresse d’une autre base, ou écrivez RELAIS_DEMONSTRATION=1."
            }
        )
