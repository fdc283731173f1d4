"""The CDAS of somebody's home: one, or several where the map splits the commune by quarter."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.models import Coverage


def cdas_of_home(session: Session, commune_insee: str | None) -> tuple[str, ...]:
    """The codes of the CDAS that cover the commune, wholly or in part; none for an unknown commune."""
    query = select(Coverage.cdas_code).where(Coverage.commune_insee == commune_insee).distinct()
    return tuple(session.scalars(query.order_by(Coverage.cdas_code)))
