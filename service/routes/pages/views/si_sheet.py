"""The register of the convention Caf, Cpam, SIAO in words (R-SI): nothing here could name a person housed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from service.models import SiAction, SiAgreement, SiContact, SiMeeting, SiRefresh, SiStructure
from service.models.base import Base
from service.schemas.fields import Input
from service.workflows import french, si

Shown = dict[str, Any]


def agreement(one: SiAgreement, today: date) -> Shown:
    """An agreement: the parties, its dates, and whether it stands."""
    over = one.ends_on is not None and one.ends_on <= today
    facts = [
        ("Entre", f"{one.caf}, {one.cpam} et {one.siao}"),
        ("Signée", _day(one.signed_on)),
    ]
    if one.ends_on is None:
        facts.append(("Prochaine reconduction", _day(si.renewal_on(one.signed_on, today))))
    else:
        facts += [
            ("Fin annoncée par", f"{si.PARTIES[one.ended_by or '']}, courrier du {_day(one.notice_on)}"),
            ("Fin", _day(one.ends_on)),
        ]
    return {"id": one.id, "facts": facts, "over": over, "ending": one.ends_on is not None}


def referents(contacts: Iterable[SiContact]) -> list[Shown]:
    """One for each party, named or not yet."""
    present = {one.role: one for one in contacts if one.ends_on is None}
    return [
        {"role": role, "party": party, "contact": _contact(present[role]) if role in present else None}
        for role, party in si.PARTIES.items()
    ]


def partners(contacts: Iterable[SiContact]) -> list[Shown]:
    """The present contacts at the DDETS and at partners."""
    return [_contact(one) for one in contacts if one.ends_on is None and one.role not in si.PARTIES]


def past_contacts(contacts: Iterable[SiContact]) -> list[Shown]:
    """Those who were."""
    return [_contact(one) for one in contacts if one.ends_on is not None]


def meeting(one: SiMeeting) -> Shown:
    """A meeting: what, when, who was there, what was decided."""
    return {
        "id": one.id,
        "kind": si.MEETINGS[one.kind],
        "held_on": _day(one.held_on),
        "present": ", ".join(si.PRESENT[party] for party in one.present),
        "decisions": one.decisions or "",
    }


def list_state(last: SiRefresh | None, today: date) -> Shown | None:
    """When the list came last, what it counted, until when it stands; None before it came."""
    if last is None:
        return None
    due = si.list_due_on(last.received_on)
    return {
        "received_on": _day(last.received_on),
        "age": french.counted((today - last.received_on).days, "jour"),
        "due_on": _day(due),
        "late": today > due,
        "structures": french.counted(last.structures, "structure"),
        "places": french.counted(last.places, "place"),
        "ddets": "informée" if last.ddets_told else "pas encore informée",
    }


def structure(one: SiStructure, today: date, last_action: date | None = None) -> Shown:
    """A structure, for the list and for its own page. `rank` sorts by priority, those without one last."""
    return {
        "id": one.id,
        "name": one.name,
        "shelter": si.SHELTERS[one.shelter],
        "commune": one.commune.name,
        "address": one.address or "",
        "contact": one.contact or "",
        "email": one.email or "",
        "telephone": one.telephone or "",
        "places": "–" if one.places is None else str(one.places),
        "profiles": ", ".join(si.PROFILES[code] for code in one.profiles),
        "social_workers": {True: "présents", False: "absents", None: "non précisé"}[one.social_workers],
        "open": one.opened_on <= today and (one.closed_on is None or one.closed_on > today),
        "opened_on": _day(one.opened_on),
        "closed_on": _day(one.closed_on),
        "updated_on": _day(one.updated_on),
        "priority": si.PRIORITIES.get(one.priority or "", ""),
        "priority_reason": one.priority_reason or "",
        "priority_on": _day(one.priority_on),
        "rank": (list(si.PRIORITIES).index(one.priority) if one.priority else len(si.PRIORITIES), one.name),
        "wish": si.WISHES.get(one.wish or "", ""),
        "terms": one.terms or "",
        "interpreter": si.INTERPRETERS.get(one.interpreter or "", ""),
        "terms_on": _day(one.terms_on),
        "last_action": _day(last_action),
    }


def action(one: SiAction, today: date) -> Shown:
    """An action: where, what, by whom, how many; `state`: planned, or held without its numbers."""
    planned = one.held_on > today
    opened = [f"{si.RIGHTS[right.code]} : {right.number}" for right in sorted(one.rights, key=_rank)]
    return {
        "id": one.id,
        "held_on": _day(one.held_on),
        "structure_id": one.structure_id,
        "structure": one.structure.name,
        "commune": one.structure.commune.name,
        "kind": french.capital(si.ACTION_KINDS[one.kind]),
        "team": si.TEAMS[one.team],
        "files": french.counted(one.files, "dossier identifié", "dossiers identifiés") if one.files else "",
        "people": "–" if one.people_met is None else str(one.people_met),
        "rights": str(sum(right.number for right in one.rights)),
        "rights_detail": opened,
        "state": "planned" if planned else "incomplete" if one.people_met is None else "",
    }


def begun(row: Base, schema: type[Input]) -> Mapping[str, Any]:
    """What a form begins with: what the row holds under the names of the fields."""
    values = {name: getattr(row, name) for name in schema().fields}
    return {name: _typed(value) for name, value in values.items()}


def begun_action(row: SiAction) -> Mapping[str, Any]:
    """The same for an action and the rights opened after it."""
    names = ("structure_id", "held_on", "kind", "team", "files", "people_met")
    return {
        **{name: getattr(row, name) for name in names},
        **{f"right_{right.code}": right.number for right in row.rights},
    }


def _typed(value: Any) -> Any:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value


def _contact(one: SiContact) -> Shown:
    role = si.CONTACT_ROLES[one.role]
    return {
        "id": one.id,
        "name": one.name,
        "role": (one.organisation or role) if one.role == "partner" else role,
        "organisation": one.organisation or "",
        "email": one.email or "",
        "telephone": one.telephone or "",
        "starts_on": _day(one.starts_on),
        "ends_on": _day(one.ends_on),
    }


def _rank(right: Any) -> int:
    codes: Sequence[str] = list(si.RIGHTS)
    return codes.index(right.code)


def _day(day: date | None) -> str:
    return french.short_date(day) if day else ""
