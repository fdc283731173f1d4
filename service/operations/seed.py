"""What every database holds before anybody works with it: calendars, the convention, the revision."""

from collections.abc import Iterable
from datetime import datetime

from service.database import transaction
from service.models import Calendar, ConventionVersion, Revision
from service.queries.reference import LINE
from service.workflows import calendars, french
from service.workflows.settings import Values
from service.workflows.weekly_hours import to_stored

SERVICES = "services"
"""The calendar that units follow unless their head chooses another (R-CAL-2)."""

FIRST_VERSION = 1
EFFECTIVE_AT = datetime(2024, 12, 2, tzinfo=french.PARIS)
"""The day the convention was signed."""


def sow() -> None:
    """Give a migrated database what it lacks to work; what people changed meanwhile stays as it is."""
    with transaction() as session:
        if session.get(Revision, 1) is None:
            session.add(Revision(id=1, number=1))
        for calendar in _calendars():
            if session.get(Calendar, calendar.code) is None:
                session.add(calendar)
        if session.get(ConventionVersion, FIRST_VERSION) is None:
            session.add(_convention())


def _calendars() -> Iterable[Calendar]:
    yield Calendar(
        code=LINE,
        name="Ligne directe",
        weekly=to_stored(calendars.LINE_WEEKLY_HOURS),
        follows_public_holidays=True,
        follows_school_holidays=True,
    )
    yield Calendar(
        code=SERVICES,
        name="Services",
        weekly=to_stored(calendars.SERVICE_WEEKLY_HOURS),
        follows_public_holidays=True,
        follows_school_holidays=False,
    )


def _convention() -> ConventionVersion:
    return ConventionVersion(
        number=FIRST_VERSION,
        label="Convention du 2 décembre 2024",
        effective_at=EFFECTIVE_AT,
        values=Values().versioned(),
    )
