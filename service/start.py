"""What a process does before it works: logs, database, keys, and the address written in mails."""

from service import database, logs, migrate, sealing
from service.config import Config
from service.notifications import telling
from service.operations.seed import sow


def open_house(config: Config) -> None:
    """Give this process its logs, its engine, its key ring and its public address; opens no connection yet."""
    logs.configure(demonstration=config.demonstration, level=config.log_level)
    database.configure(config.database_url)
    sealing.configure(sealing.KeyRing(config.encryption_keys, config.blind_index_key))
    telling.configure(config.public_url)


def bring_up_to_date(config: Config) -> None:
    """Bring the schema to this version, then give the database the reference data that it lacks."""
    migrate.upgrade(config.database_url)
    open_house(config)
    sow()
