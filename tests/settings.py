"""The environment of a Relais under test: fixed, secrets included, nothing taken from the machine."""

import base64
import hashlib

from service.config import Config


def _key(purpose: str) -> str:
    return base64.b64encode(hashlib.sha256(f"tests {purpose}".encode()).digest()).decode()


def environment(database_url: str = "sqlite:///absent.sqlite3", **changes: str) -> dict[str, str]:
    """The variables of a demonstration on `database_url`; `changes` come in capitals, without the prefix."""
    usual = {
        "DEMONSTRATION": "1",
        "DATABASE_URL": database_url,
        "SECRET_KEY": _key("secret key"),
        "ENCRYPTION_KEYS": f"1:{_key('encryption')}",
        "BLIND_INDEX_KEY": _key("blind index"),
        "SCHEDULER": "off",
        "LOG_LEVEL": "WARNING",
    }
    return {f"RELAIS_{name}": value for name, value in {**usual, **changes}.items()}


def config(database_url: str = "sqlite:///absent.sqlite3", **changes: str) -> Config:
    """The settings made from `environment`."""
    return Config.from_values(environment(database_url, **changes))
