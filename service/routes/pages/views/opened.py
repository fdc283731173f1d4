"""How a ticket that its reader does not ordinarily read was opened, to be read only: out of scope, in the archives."""

from dataclasses import dataclass
from datetime import datetime

from service.routes.pages.views import moments
from service.workflows import french


@dataclass(frozen=True, slots=True)
class Opened:
    """Until when it stays open; nothing in the ordinary case."""

    beyond: datetime | None = None
    archived: datetime | None = None

    @property
    def only_read(self) -> bool:
        """Whether nothing can be done with it."""
        return bool(self.beyond or self.archived)

    @property
    def beyond_until(self) -> str:
        """Until when it is open out of scope, in words; empty when it is not."""
        return "" if self.beyond is None else moments.whole(self.beyond)

    @property
    def archived_until(self) -> str:
        """Until when it is open in the archives (R-DP-6), in words; empty when it is not."""
        return "" if self.archived is None else french.instant(self.archived)
