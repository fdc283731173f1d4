"""What a process does before it works: logs, database, keys, and the address written in mails."""

from service import database, logs, sealing
from service.config import Config
from service.notifications import telling


def open_house(config: Config) -> None:
    """Give this process its logs, its engine, its key ring and its public address; opens no connection yet."""
    logs.configure(demonstration=config.demonstration, level=config.log_level)
    database.configure(config.database_url)
    sealing.configure(sealing.KeyRing(config.encryption_keys, config.blind_index_key))
    telling.configure(config.public_url)
