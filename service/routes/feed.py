"""The private address that calendar software reads: no login, the secret opens it, and references are all it gives."""

from flask import Blueprint, Response

from service import clock
from service.database import reading
from service.errors import NotVisible
from service.notifications.feed import calendar
from service.operations import calendar_feeds
from service.permissions import Permission
from service.routes.guard import requires

feeds = Blueprint("feeds", __name__)


@feeds.get("/agenda/<secret>.ics")
@requires(Permission.PUBLIC)
def feed(secret: str) -> Response:
    """The calendar of whoever the secret belongs to. Refuses (NotVisible) any other."""
    owner = calendar_feeds.owner(secret)
    if owner is None:
        raise NotVisible
    with reading() as session:
        text = calendar(session, owner, clock.now())
    answer = Response(text, mimetype="text/calendar")
    answer.headers["Content-Disposition"] = 'inline; filename="relais.ics"'
    return answer
