"""« Tout marquer comme lu »: somebody says that they know of what has moved. It is no reading (R-DP-4)."""

from datetime import datetime

from sqlalchemy import or_, update

from service import clock, logs
from service.database import transaction
from service.models import Account
from service.permissions import Actor

log = logs.logger(__name__)


def see_all(actor: Actor, until: datetime) -> None:
    """What moved until then is no news to the actor any more; what the log of readings says stays as it was.

    Never later than now, nor earlier than what was said before: a page left open takes nothing back.
    """
    known = min(until, clock.now())
    with transaction() as session:
        session.execute(
            update(Account)
            .where(
                Account.id == actor.account_id,
                or_(Account.news_seen_at.is_(None), Account.news_seen_at < known),
            )
            .values(news_seen_at=known)
        )
    log.info("news.seen", account_id=actor.account_id)
