"""The telephone of the person, as a request gives it; a protected one is shown on a reasoned request (R-DP-8)."""

from sqlalchemy import false
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Sealed


class Telephoned:
    """`phone_protected`: hidden even inside, never printed, mailed, exported nor given by the API."""

    phone_sealed: Mapped[bytes | None]
    phone_protected: Mapped[bool] = mapped_column(default=False, server_default=false())

    phone = Sealed()
