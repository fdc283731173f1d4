"""Communes, the CDAS competent for each, and the sectors of the Caf social service."""

from uuid import UUID

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Base, Identified


class Commune(Base):
    """A commune of Ille-et-Vilaine, by INSEE code."""

    __tablename__ = "commune"

    insee: Mapped[str] = mapped_column(String(5), primary_key=True)
    name: Mapped[str] = mapped_column(String(120), index=True)
    postal_codes: Mapped[str] = mapped_column(String(120))
    epci: Mapped[str] = mapped_column(String(160))
    population: Mapped[int]


class Sector(Base):
    """A geographic sector of the Caf social service, with its worker when known.

    `permanences`: the places where the worker receives, one a line.
    """

    __tablename__ = "sector"

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    worker_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    permanences: Mapped[str | None] = mapped_column(Text)


class Coverage(Identified):
    """The CDAS and the sector of a commune, or of a quarter where the map splits it.

    `quarter`, a code, and `quarter_name` are "" elsewhere.
    """

    __tablename__ = "coverage"
    __table_args__ = (UniqueConstraint("commune_insee", "quarter"),)

    commune_insee: Mapped[str] = mapped_column(ForeignKey("commune.insee"))
    quarter: Mapped[str] = mapped_column(String(80), default="")
    quarter_name: Mapped[str] = mapped_column(String(120), default="", server_default="")
    cdas_code: Mapped[str] = mapped_column(ForeignKey("unit.code"), index=True)
    sector_code: Mapped[str] = mapped_column(ForeignKey("sector.code"), index=True)
