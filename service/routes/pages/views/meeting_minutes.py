"""The minutes of a meeting as the paper reads them: references and words, nothing of a person."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from service.models import Meeting
from service.permissions import Actor
from service.queries.reference import Reference
from service.routes.pages.views import meeting_sheet
from service.workflows.meetings import HEADINGS, INSTITUTION_LABELS, MeetingKind


def data_of(session: Session, actor: Actor, meeting: Meeting, known: Reference) -> dict[str, Any]:
    """What `service/paper/minutes.typ` prints; the same for everybody who may read the meeting."""
    said = meeting_sheet.meeting_of(meeting)
    agenda = meeting_sheet.agenda_of(session, actor, meeting, known)
    records = meeting_sheet.records_of(session, meeting, known)
    return {
        "title": said["title"],
        "when": f"{said['day']} à {said['hour']}",
        "place": said["place"],
        "asked": f"Demandée par : {said['asked_by']}. {said['reason']}" if said["asked_by"] else "",
        "participants": _participants(session, meeting, known),
        "lines": [one["text"] for one in agenda["free"]],
        "cases": [_case(one) for one in agenda["cases"]],
        "decisions": [one["text"] for one in records["decisions"]],
        "actions": [_action(one) for one in records["actions"]],
        "carried": [_carried(one, meeting.held_on) for one in records["carried"]],
        "comments": _comments(session, meeting),
    }


def file_name(meeting: Meeting) -> str:
    """« compte-rendu-reunion-technique-2026-11-06.pdf »."""
    words = {
        MeetingKind.MONTHLY: "reunion-technique",
        MeetingKind.COMMITTEE: "comite-de-suivi",
        MeetingKind.PARTICULAR: "reunion-particuliere",
    }
    return f"compte-rendu-{words[MeetingKind(meeting.kind)]}-{meeting.held_on.isoformat()}.pdf"


def _participants(session: Session, meeting: Meeting, known: Reference) -> list[str]:
    rows = meeting_sheet.participants_of(session, meeting, known)
    by_side = {
        label: ", ".join(row["name"] for row in rows if row["side"] == side)
        for side, label in INSTITUTION_LABELS.items()
    }
    return [f"{label} : {names}" for label, names in by_side.items() if names]


def _case(case: dict[str, Any]) -> list[str]:
    reasons = ", ".join(reason["label"] for reason in case["reasons"])
    asked = " ".join(case["questions"])
    about = f"{case['kind']}, {case['state'][:1].lower()}{case['state'][1:]}, {case['age']}"
    return [case["reference"], about, reasons, asked]


def _carried(action: dict[str, Any], held_on: date) -> list[str]:
    """As on the day of the meeting: what was done later does not change its minutes."""
    done = action["done_on"] is not None and action["done_on"] <= held_on
    return [*_action(action), f"Faite le {action['done']}. {action['note']}".strip() if done else "À faire"]


def _action(action: dict[str, Any]) -> list[str]:
    return [action["text"], action["owner"], action["due"]]


def _comments(session: Session, meeting: Meeting) -> list[dict[str, str]]:
    kept = meeting_sheet.comments_of(session, meeting)
    return [
        {"heading": f"{label} – {INSTITUTION_LABELS[side]}", "text": kept[side.value, code][0]}
        for code, label in HEADINGS.items()
        for side in INSTITUTION_LABELS
        if kept.get((side.value, code), ("", 0))[0]
    ]
