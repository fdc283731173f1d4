"""What the backups of the nights found of the journal."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Base


class BackupMade(Base):
    """A backup of a night that was made and proved; `findings`: in how many places its journal had been altered."""

    __tablename__ = "backup_made"

    made_at: Mapped[datetime] = mapped_column(primary_key=True)
    findings: Mapped[int]
