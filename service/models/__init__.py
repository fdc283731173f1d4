"""The mapped classes, by file; importing the package maps them all."""

from service.models.account import Account, ApiToken, Invitation, LoginAttempt, LoginSession, Membership
from service.models.base import Base
from service.models.call import Call
from service.models.conversation import Attachment, InternalNote, Message
from service.models.idempotency import IdempotencyKey
from service.models.incoming import IncomingFile, IncomingMail
from service.models.job import JobRun, ScheduledJob
from service.models.journal import AccessEntry, JournalEntry
from service.models.outbox import OutboxMail
from service.models.place import Commune, Coverage, Sector
from service.models.setting import ConventionVersion, SettingChange, SettingValue
from service.models.ticket import ClockRecord, Draft, Person, PersonWord, Ticket
from service.models.unit import Calendar, Closure, Revision, Unit
from service.models.urgent_rights import UrgentRightsDetails

__all__ = [
    "AccessEntry",
    "Account",
    "ApiToken",
    "Attachment",
    "Base",
    "Calendar",
    "Call",
    "ClockRecord",
    "Closure",
    "Commune",
    "ConventionVersion",
    "Coverage",
    "Draft",
    "IdempotencyKey",
    "IncomingFile",
    "IncomingMail",
    "InternalNote",
    "Invitation",
    "JobRun",
    "JournalEntry",
    "LoginAttempt",
    "LoginSession",
    "Membership",
    "Message",
    "OutboxMail",
    "Person",
    "PersonWord",
    "Revision",
    "ScheduledJob",
    "Sector",
    "SettingChange",
    "SettingValue",
    "Ticket",
    "Unit",
    "UrgentRightsDetails",
]
