"""What stands around every page: counts of the menu."""

from sqlalchemy import Select, func, select

from service.models import IncomingMail


def messages_to_qualify() -> Select[int]:
    """How many incoming messages wait for somebody."""
    return select(func.count(IncomingMail.id)).where(IncomingMail.fate == "to_qualify")
