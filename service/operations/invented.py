"""What everybody knows of the demonstration: password, and secret of the codes. No house may open for real use so."""

from sqlalchemy import inspect, select

from service.database import reading
from service.models import Account
from service.operations import passwords

PASSWORD = "trois bateaux au port"  # noqa: S105 – invented data only, and shown on purpose
"""The password of every account of the demonstration."""

SECRET = "RELAISDEMONSTRATIONSEULEMENTABCD"  # noqa: S105 – as public as the password
"""What the application of every account of the demonstration would know (base 32)."""

RESERVED = ".example"
"""How the addresses of invented accounts end; a real address can not."""


def is_open_to_everybody() -> bool:
    """Whether an invented account of this database opens with the public password; False for an empty one."""
    query = (
        select(Account.password_hash)
        .where(Account.email.endswith(RESERVED, autoescape=True), Account.password_hash.is_not(None))
        .distinct()
    )
    with reading() as session:
        if not inspect(session.connection()).has_table(Account.__tablename__):
            return False
        return any(passwords.matches(kept, PASSWORD) for kept in session.scalars(query))
