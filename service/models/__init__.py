"""The mapped classes, by file; importing the package maps them all. `DETAILS`: the details model of each kind."""

from collections.abc import Mapping

from service.models.absence import Absence
from service.models.access import KeptOut, NamedList, OutOfScopeOpening, PhoneShown, ReadingStop, UnusualRead
from service.models.accompaniment import Accompaniment
from service.models.account import Account, ApiToken, Invitation, LoginAttempt, LoginSession, Membership
from service.models.announcement import (
    Announcement,
    AnnouncementFile,
    AnnouncementKind,
    AnnouncementReceipt,
    AsipContact,
)
from service.models.answer import AnswerModel
from service.models.appointment import AppointmentDetails
from service.models.awareness import AwarenessAction
from service.models.backup import BackupMade
from service.models.base import Base
from service.models.bond import Participant, TicketLink
from service.models.calendar_feed import CalendarFeed
from service.models.call import Call
from service.models.cdap_practice import CdapPractice, CnafRequest, CnafStep
from service.models.child_protection_notice import ChildProtectionNoticeDetails
from service.models.co_intervention import CoInterventionDetails
from service.models.concertation import Concertation, ConcertationItem
from service.models.conversation import Attachment, InternalNote, Message
from service.models.details import Details
from service.models.elimination import (
    AccessPurge,
    ArchiveOpening,
    EliminationApproval,
    EliminationLine,
    EliminationList,
)
from service.models.figures import MonthFigures, ReportedCount, SharedDocument
from service.models.handover import HandoverDetails
from service.models.idempotency import IdempotencyKey
from service.models.incoming import IncomingFile, IncomingMail
from service.models.job import JobRun, ScheduledJob, SchedulerBeat
from service.models.journal import AccessEntry, JournalEntry
from service.models.letter import LetterModel, LetterPrinted
from service.models.local_meeting import LocalMeeting
from service.models.mailbox import MailboxPoll
from service.models.meeting import (
    Meeting,
    MeetingComment,
    MeetingLine,
    MeetingParticipant,
    MeetingRecord,
    PutForward,
)
from service.models.notice import DigestLine, NoticeChoice, Reminder
from service.models.orientation import OrientationDetails
from service.models.outbox import OutboxMail
from service.models.place import Commune, Coverage, Sector
from service.models.provider_identity import ProviderIdentity, ProviderReturn
from service.models.remark import Remark
from service.models.rights_meeting import RightsMeetingDetails
from service.models.saved_list import SavedList
from service.models.seal import JournalSeal, SealedHead
from service.models.second_factor import BegunLogin, Passkey, RecoveryCode, SecondFactor
from service.models.setting import ConventionVersion, SettingChange, SettingValue
from service.models.si_agreement import SiAgreement, SiContact, SiEvaluation, SiMeeting, SiReminder
from service.models.si_structure import SiAction, SiRefresh, SiRight, SiStructure
from service.models.social_emergency import SocialEmergencyDetails
from service.models.subject_request import Rectification, SubjectRequest
from service.models.ticket import ClockRecord, Draft, Person, PersonWord, Ticket
from service.models.unit import Calendar, CalendarHours, Closure, Revision, Unit
from service.models.urgent_rights import UrgentRightsDetails
from service.models.webhook import WebhookDelivery, WebhookEndpoint

__all__ = [
    "DETAILS",
    "Absence",
    "AccessEntry",
    "AccessPurge",
    "Accompaniment",
    "Account",
    "Announcement",
    "AnnouncementFile",
    "AnnouncementKind",
    "AnnouncementReceipt",
    "AnswerModel",
    "ApiToken",
    "AppointmentDetails",
    "ArchiveOpening",
    "AsipContact",
    "Attachment",
    "AwarenessAction",
    "BackupMade",
    "Base",
    "BegunLogin",
    "Calendar",
    "CalendarFeed",
    "CalendarHours",
    "Call",
    "CdapPractice",
    "ChildProtectionNoticeDetails",
    "ClockRecord",
    "Closure",
    "CnafRequest",
    "CnafStep",
    "CoInterventionDetails",
    "Commune",
    "Concertation",
    "ConcertationItem",
    "ConventionVersion",
    "Coverage",
    "Details",
    "DigestLine",
    "Draft",
    "EliminationApproval",
    "EliminationLine",
    "EliminationList",
    "HandoverDetails",
    "IdempotencyKey",
    "IncomingFile",
    "IncomingMail",
    "InternalNote",
    "Invitation",
    "JobRun",
    "JournalEntry",
    "JournalSeal",
    "KeptOut",
    "LetterModel",
    "LetterPrinted",
    "LocalMeeting",
    "LoginAttempt",
    "LoginSession",
    "MailboxPoll",
    "Meeting",
    "MeetingComment",
    "MeetingLine",
    "MeetingParticipant",
    "MeetingRecord",
    "Membership",
    "Message",
    "MonthFigures",
    "NamedList",
    "NoticeChoice",
    "OrientationDetails",
    "OutOfScopeOpening",
    "OutboxMail",
    "Participant",
    "Passkey",
    "Person",
    "PersonWord",
    "PhoneShown",
    "ProviderIdentity",
    "ProviderReturn",
    "PutForward",
    "ReadingStop",
    "RecoveryCode",
    "Rectification",
    "Remark",
    "Reminder",
    "ReportedCount",
    "Revision",
    "RightsMeetingDetails",
    "SavedList",
    "ScheduledJob",
    "SchedulerBeat",
    "SealedHead",
    "SecondFactor",
    "Sector",
    "SettingChange",
    "SettingValue",
    "SharedDocument",
    "SiAction",
    "SiAgreement",
    "SiContact",
    "SiEvaluation",
    "SiMeeting",
    "SiRefresh",
    "SiReminder",
    "SiRight",
    "SiStructure",
    "SocialEmergencyDetails",
    "SubjectRequest",
    "Ticket",
    "TicketLink",
    "Unit",
    "UnusualRead",
    "UrgentRightsDetails",
    "WebhookDelivery",
    "WebhookEndpoint",
]

DETAILS: Mapping[str, type[Details]] = {
    "urgent_rights": UrgentRightsDetails,
    "co_intervention": CoInterventionDetails,
    "handover": HandoverDetails,
    "social_emergency": SocialEmergencyDetails,
    "appointment": AppointmentDetails,
    "child_protection_notice": ChildProtectionNoticeDetails,
    "orientation": OrientationDetails,
    "rights_meeting": RightsMeetingDetails,
}
