"""What is held about a person: complete, hers alone, never the other institution's notes (R-DP-9, R-DP-3, R-PE-4)."""

import json
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import CheckConstraint, select

from service import clock
from service.database import reading, transaction
from service.errors import InvalidInput, NotPermitted, NotVisible, TooManyReadings
from service.inventory.register import TABLES
from service.models import (
    DETAILS,
    AccessEntry,
    Accompaniment,
    Attachment,
    Call,
    HandoverDetails,
    IncomingFile,
    IncomingMail,
    InternalNote,
    KeptOut,
    LetterPrinted,
    Message,
    OutboxMail,
    Person,
    PersonWord,
    Rectification,
    SubjectRequest,
    Ticket,
)
from service.models.base import Base, Sealed, SealedBytes
from service.operations import kept_out, subject_extract
from service.operations import subject_access as operations
from service.operations.acts import perform
from service.operations.consultation import consult
from service.operations.people import keep_person
from service.operations.rectification import rectify
from service.permissions import OUT_OF_LISTS, Actor, Role
from service.queries.subject_access import Link
from service.routes.pages.views import subject_sheet
from service.sealing import ring
from service.workflows import reference as references
from service.workflows.registry import WORKFLOWS
from tests.factories import World, a_submitted_ticket, seeded_world, today

ANNE: dict[str, Any] = {
    "last_name": "Exemple",
    "first_name": "Anne",
    "birth_date": date(1990, 1, 2),
    "matricule": "1234567",
}
BRUNO: dict[str, Any] = {
    "last_name": "Canari",
    "first_name": "Bruno",
    "birth_date": date(1988, 3, 4),
    "matricule": "1234567",
}


@pytest.fixture
def world(db: str) -> World:
    with transaction() as session:
        return seeded_world(session)


def a_request(actor: Actor, **changes: Any) -> Any:
    given = {**ANNE, "received_on": today(), "written_reference": "courrier 418", **changes}
    return operations.note_request(actor, {name: value for name, value in given.items() if value})


def text_of(extract: subject_extract.Extract) -> str:
    return json.dumps(
        [[item.values for item in part.items] for part in extract.parts], default=str, ensure_ascii=False
    )


def a_ticket(kind: str, world: World, person: dict[str, Any] = ANNE) -> Ticket:
    """A ticket of a kind that was sent and has ended, with its person."""
    with transaction() as session:
        now = clock.now()
        ticket = Ticket(
            reference=references.new(WORKFLOWS[kind].prefix),
            kind=kind,
            state=min(WORKFLOWS[kind].final_states),
            ended_at=now,
            channel="service",
            asking_unit_id="cdas-redon",
            triage_unit_id="caf-secretariat",
            convention_version=1,
            author_id=world.cdas_agent.account_id,
            opened_at=now,
            state_since=now,
            submitted_at=now,
            changed_at=now,
        )
        session.add(ticket)
        session.flush()
        keep_person(session, ticket.id, person)
    return ticket


def filled(row: Base) -> Base:
    """Every sealed attribute of the row holds a canary named after it."""
    for name, attribute in sealed_of(type(row)):
        canary = f"canari-{row.__tablename__}-{name}"
        setattr(row, name, canary.encode() if isinstance(attribute, SealedBytes) else canary)
    return row


def needed(table: type[Base]) -> dict[str, Any]:
    """A value for each column that may not be empty: the first code that its CHECK allows, a day, a word."""
    checks = " ".join(
        str(one.sqltext)
        for one in Base.metadata.tables[table.__tablename__].constraints
        if isinstance(one, CheckConstraint)
    )
    found: dict[str, Any] = {"agreed_on": today()} if table is HandoverDetails else {}  # R-PR-1
    for column in table.__table__.columns:
        if (
            column.nullable
            or column.primary_key
            or column.default is not None
            or column.name.endswith("_sealed")
        ):
            continue
        code = re.search(rf"\b{column.name} IN \('([^']+)'", checks)
        found[column.name] = (
            code[1] if code else {date: today(), bool: True}.get(column.type.python_type, "x")
        )
    return found


def sealed_of(table: type[Base]) -> Iterator[tuple[str, Sealed]]:
    for mother in table.__mro__:
        yield from ((name, value) for name, value in vars(mother).items() if isinstance(value, Sealed))


# ---------------------------------------------------------------- complete
def test_every_table_that_names_a_ticket_or_a_person_is_in_the_extract_or_says_why_not() -> None:
    named = {
        name
        for name, table in Base.metadata.tables.items()
        if "ticket_id" in table.c
        or any(key.references(Base.metadata.tables["ticket"]) for key in table.foreign_keys)
        or any("matricule" in column.name or "last_name" in column.name for column in table.c)
    }
    answered = subject_extract.EXTRACTED | subject_extract.LEFT_OUT.keys()
    assert named - answered - {"ticket"} == set()
    assert subject_extract.EXTRACTED.isdisjoint(subject_extract.LEFT_OUT)


def test_every_answer_has_a_name_in_french() -> None:
    for kind in DETAILS.keys() - OUT_OF_LISTS:
        asked = subject_sheet.asked_by(kind)
        for column in carried(DETAILS[kind].__tablename__):
            assert subject_sheet.label_of(column, asked), column
    for table in subject_extract.EXTRACTED & subject_sheet.TABLE_LABELS.keys():
        for column in carried(table):
            assert subject_sheet.label_of(column, {}), f"{table}.{column}"


def carried(table: str) -> list[str]:
    columns = [
        column
        for nature in subject_extract.CARRIED
        for column in TABLES[table].columns.get(nature, ())
        if not column.endswith("_index")
    ]
    names = [column.removesuffix("_sealed") for column in columns]
    return [name for name in names if f"{table}.{name}" not in subject_extract.LEFT_OUT_COLUMNS]


def test_whatever_was_written_of_a_person_is_in_what_her_caf_gives_her(db: str, world: World) -> None:
    """Each kind with every text filled, and each satellite: every canary comes out, but for those with a reason."""
    kinds = sorted(DETAILS.keys() - OUT_OF_LISTS)
    details = [DETAILS[kind](ticket_id=a_ticket(kind, world).id, **needed(DETAILS[kind])) for kind in kinds]
    rows: list[Base] = [*details, *satellites(a_ticket("urgent_rights", world), world)]
    with transaction() as session:
        for row in rows:
            session.add(filled(row))
            session.flush()
    extract = subject_extract.extract(world.caf_head, a_request(world.caf_head), ())
    said = text_of(extract)
    told_apart = {
        f"{row.__tablename__}.{name}" for row in rows for name in ("matricule", "last_name", "first_name")
    }
    canaries = {
        f"{row.__tablename__}.{name}" for row in rows for name, _ in sealed_of(type(row))
    } - told_apart
    assert canaries - {place for place in canaries if f"canari-{place.replace('.', '-')}" in said} == set(
        subject_extract.LEFT_OUT_COLUMNS
    ) - {"journal_entry.payload"}


def satellites(ticket: Ticket, world: World) -> list[Base]:
    now, head, key = clock.now(), world.caf_head, {"ticket_id": ticket.id}
    mail = IncomingMail(
        **key, fingerprint=b"f", fate="ticket", nature=None, channel="email", received_at=now,
        recorded_at=now, nir_masked=0,
    )  # fmt: skip
    written = {"author_id": head.account_id, "unit_id": "caf-social", "written_at": now}
    return [
        Message(**key, **written, institution="caf", channel="service"),
        InternalNote(**key, **written, institution="caf"),
        Attachment(
            **key, author_id=head.account_id, unit_id="caf-social", joined_at=now,
            content_type="application/pdf", size=3, sha256=b"s",
        ),
        Call(
            **key, cdas_code="cdas-redon", started_at=now, minutes=3, answered=True, recorded_at=now,
            recorded_by=head.account_id, recorded_unit_id="caf-social",
        ),
        mail,
        IncomingFile(mail_id=mail.id, content_type="application/pdf", size=3),
        Accompaniment(
            **key, matricule_index=b"m", event="other", worker_id=head.account_id, opened_on=today(),
            term_on=date(2031, 1, 1),
        ),
        LetterPrinted(
            **key, model_code="offre", model_version=1, author_id=head.account_id, unit_id="caf-social",
            printed_at=now,
        ),
        Rectification(
            **key, number=1, field="last_name", made_at=now, made_by=head.account_id, unit_code="caf-social"
        ),
    ]  # fmt: skip


# ---------------------------------------------------------------- hers alone
def test_separated_parents_of_one_file_each_get_their_own(db: str, world: World) -> None:
    """The canary of the other parent is nowhere, unless the head chose that request after reading it."""
    hers = a_submitted_ticket(world.cdas_agent, **ANNE, description="Bruno CANARI ne verse plus rien à Anne.")
    his = a_submitted_ticket(world.cdas_agent, **BRUNO, description="Le secret-du-canari de monsieur.")
    request = a_request(world.cdas_head)
    _, found = operations.find(world.cdas_head, request)
    assert {one.ticket.id: one.link for one in found} == {hers.id: Link.OWN, his.id: Link.SAME_FILE}
    alone = subject_extract.extract(world.cdas_head, request, ())
    assert [part.holding.ticket.id for part in alone.parts if part.holding] == [hers.id]
    assert "canari" not in text_of(alone).casefold()
    assert "[…] […] ne verse plus rien à Anne." in text_of(alone)
    both = subject_extract.extract(world.cdas_head, request, [his.id])
    assert "secret-du-canari" in text_of(both)


def test_r_dp_8_how_to_reach_another_person_of_the_file_is_not_given_even_when_chosen(
    db: str, world: World
) -> None:
    his = a_ticket("appointment", world, BRUNO)
    hers = a_ticket("appointment", world, ANNE)
    with transaction() as session:
        for ticket, phone in ((his, "06 00 00 00 01"), (hers, "06 00 00 00 02")):
            row: Any = DETAILS["appointment"](ticket_id=ticket.id)
            row.phone = phone
            session.add(row)
    said = text_of(subject_extract.extract(world.caf_head, a_request(world.caf_head), [his.id]))
    assert "06 00 00 00 02" in said
    assert "06 00 00 00 01" not in said


def test_r_dp_8_a_protected_phone_leaves_by_no_extract_and_no_rewritten_identity_draws_one_out(
    db: str, world: World
) -> None:
    hers, protected, his = (a_ticket("appointment", world, one) for one in (ANNE, ANNE, BRUNO))
    undated = a_ticket("appointment", world, {**ANNE, "birth_date": None, "matricule": "7777777"})
    with transaction() as session:
        for ticket, phone in ((hers, "hers"), (protected, "protected"), (his, "his"), (undated, "undated")):
            row: Any = DETAILS["appointment"](ticket_id=ticket.id, phone_protected=ticket is protected)
            row.phone = f"téléphone-{phone}"
            session.add(row)
    request = a_request(world.caf_head)
    for field in ("last_name", "first_name", "birth_date"):
        rectify(world.caf_head, request, his.reference, field, ANNE[field], "carte vue")
    extract = subject_extract.extract(world.caf_head, request, [undated.id])
    assert len(extract.parts) == 4
    assert re.findall(r"téléphone-\w+", text_of(extract)) == ["téléphone-hers"]


def test_namesakes_stay_apart_and_a_request_without_a_birth_date_waits_for_the_head(
    db: str, world: World
) -> None:
    a_submitted_ticket(world.cdas_agent, **{**ANNE, "matricule": "7654321", "birth_date": date(1971, 1, 1)})
    undated = a_submitted_ticket(world.cdas_agent, **{**ANNE, "matricule": "7777777", "birth_date": None})
    request = a_request(world.cdas_head, matricule=None)
    _, found = operations.find(world.cdas_head, request)
    assert [(one.ticket.id, one.link) for one in found] == [(undated.id, Link.SAME_NAME)]
    assert subject_extract.extract(world.cdas_head, request, ()).parts == ()


def test_internal_notes_of_the_other_side_and_notices_are_never_there(db: str, world: World) -> None:
    """R-DP-3, R-PE-4: whatever the head chooses."""
    ticket = a_submitted_ticket(world.cdas_agent, **ANNE)
    notice = a_ticket("child_protection_notice", world)
    with transaction() as session:
        for side, unit, by in (
            ("caf", "caf-social", world.caf_head),
            ("departement", "cdas-redon", world.cdas_head),
        ):
            session.add(
                InternalNote(
                    ticket_id=ticket.id,
                    author_id=by.account_id,
                    unit_id=unit,
                    institution=side,
                    written_at=clock.now(),
                    body=f"note-de-{side}",
                )
            )
        session.add(filled(DETAILS["child_protection_notice"](ticket_id=notice.id)))
    for head, own, other in (
        (world.caf_head, "caf", "departement"),
        (world.cdas_head, "departement", "caf"),
    ):
        said = text_of(subject_extract.extract(head, a_request(head), [notice.id]))
        assert f"note-de-{own}" in said
        assert f"note-de-{other}" not in said
        assert "child_protection_notice" not in said


def test_r_dp_1_what_only_one_side_knows_does_not_cross_by_the_extract(db: str, world: World) -> None:
    """A call that the Caf did not answer, and for what reason a head of the other side corrected an identity."""
    ticket = a_submitted_ticket(world.cdas_agent, **ANNE)
    with transaction() as session:
        for remark, answered, by in (
            ("appel-sans-réponse", False, world.cdas_agent),
            ("appel-répondu", True, world.cdas_agent),
            ("appel-de-la-caf", False, world.caf_agent),
        ):
            call = Call(
                ticket_id=ticket.id,
                cdas_code="cdas-redon",
                started_at=clock.now(),
                minutes=3,
                answered=answered,
                recorded_at=clock.now(),
                recorded_by=by.account_id,
                recorded_unit_id=by.unit_id,
            )
            call.remark = remark
            session.add(call)
    asked = a_request(world.cdas_head)
    rectify(world.cdas_head, asked, ticket.reference, "matricule", "1234568", "motif-du-cdas")
    given = text_of(subject_extract.extract(world.cdas_head, asked, ()))
    assert "motif-du-cdas" in given
    assert re.findall(r"appel-[\w-]+", given).count("appel-sans-réponse") == 1
    given = text_of(subject_extract.extract(world.caf_head, a_request(world.caf_head), ()))
    assert "1234568" in given
    assert "motif-du-cdas" not in given
    assert set(re.findall(r"appel-[\w-]+", given)) == {"appel-répondu", "appel-de-la-caf"}


# ---------------------------------------------------------------- who, and the trace
def test_r_dp_1_a_head_with_a_link_with_the_family_finds_gives_and_corrects_nothing_of_it(
    db: str, world: World
) -> None:
    ticket = a_submitted_ticket(world.cdas_agent, **ANNE)
    with transaction() as session:
        row: Any = filled(
            Accompaniment(
                matricule_index=ring().blind_index("matricule", ANNE["matricule"]), event="other",
                worker_id=world.caf_ts.account_id, opened_on=today(), term_on=date(2031, 1, 1),
            )
        )  # fmt: skip
        row.last_name, row.first_name = ANNE["last_name"], ANNE["first_name"]
        session.add(row)
    request = a_request(world.caf_head)
    kept_out.declare(world.caf_lead, ticket.reference, world.caf_head.account_id)
    with pytest.raises(InvalidInput) as refused:
        a_request(world.caf_head)
    assert refused.value.fields == {"matricule": ["Confiez cette situation à un collègue."]}
    assert operations.find(world.caf_head, request)[1] == []
    assert subject_extract.extract(world.caf_head, request, [ticket.id]).parts == ()
    with pytest.raises(NotVisible):
        rectify(world.caf_head, request, ticket.reference, "last_name", "Autre", "x")
    assert len(subject_extract.extract(world.caf_lead, a_request(world.caf_lead), ()).parts) == 2


def test_r_dp_4_an_extract_counts_as_a_list_and_its_requests_as_read(
    db: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader who is stopped is given nothing, and the refusal is logged."""
    limits = {"reads_per_hour": 1, "exports_per_day": 2}
    monkeypatch.setattr("service.workflows.settings.Values.number", lambda _self, key: limits.get(key, 100))
    first, second = (a_submitted_ticket(world.cdas_agent, **ANNE) for _ in range(2))
    with pytest.raises(TooManyReadings):
        subject_extract.extract(world.cdas_head, a_request(world.cdas_head), ())
    with pytest.raises(TooManyReadings):
        consult(world.cdas_head, first.reference)
    limits["reads_per_hour"] = 100
    request = a_request(world.caf_head)
    for _ in range(2):
        assert len(subject_extract.extract(world.caf_head, request, ()).parts) == 2
    with pytest.raises(TooManyReadings):
        subject_extract.extract(world.caf_head, request, ())
    with reading() as session:
        refused = select(AccessEntry.act, AccessEntry.ticket_id).where(AccessEntry.refused)
        acts = session.execute(refused).all()
    assert {act for act, _ in acts} == {"subject_extract", "read", "export"}
    assert {given for act, given in acts if act == "subject_extract"} == {first.id, second.id}


def test_only_heads_answer_and_only_for_their_own_unit(db: str, world: World) -> None:
    request = a_request(world.cdas_head)
    for role, actor in world.by_role.items():
        if role not in (Role.CDAS_HEAD, Role.CAF_LEAD, Role.CAF_HEAD):
            with pytest.raises(NotPermitted):
                a_request(actor)
        if role is not Role.CDAS_HEAD:
            with pytest.raises(NotVisible):
                operations.find(actor, request)
    with pytest.raises(NotVisible):
        subject_extract.extract(world.cdas_head_elsewhere, request, ())


def test_the_search_and_each_request_given_are_logged_and_the_answer_is_due_in_a_month(
    db: str, world: World
) -> None:
    ticket = a_submitted_ticket(world.cdas_agent, **ANNE)
    request = a_request(world.cdas_head, received_on=date(2026, 1, 31))
    asked, _ = operations.find(world.cdas_head, request)
    assert operations.due_on(asked) == date(2026, 2, 28)
    subject_extract.extract(world.cdas_head, request, ())
    operations.answer(world.cdas_head, request)
    with reading() as session:
        traces = session.execute(select(AccessEntry.act, AccessEntry.ticket_id)).all()
        assert ("subject_search", None) in traces
        assert ("subject_extract", ticket.id) in traces


def test_r_dp_1_the_head_concerned_is_told_of_a_request_given_out_of_scope(db: str, world: World) -> None:
    """As of one that is opened out of scope; nobody is told of what a head ordinarily reads."""
    tickets = [a_submitted_ticket(world.cdas_agent, **ANNE) for _ in range(2)]
    for head in (world.cdas_head, world.cdas_head_elsewhere):
        subject_extract.extract(head, a_request(head), ())
    with reading() as session:
        mails = session.scalars(select(OutboxMail).where(OutboxMail.event == "subject_extract")).all()
    assert [(one.recipient, "2 demandes" in one.subject) for one in mails] == [
        ("cdas-head@test.example", True)
    ], "one mail to a head for each extract"
    said = mails[0].subject + mails[0].body
    assert "il comprend 2 demandes" in said
    assert not [name for name in ("Exemple", *(one.reference for one in tickets)) if name in said]


def test_a_day_to_come_and_a_nir_are_refused(db: str, world: World) -> None:
    with pytest.raises(InvalidInput):
        a_request(world.cdas_head, received_on=date(2090, 1, 1))
    with pytest.raises(InvalidInput):
        a_request(world.cdas_head, written_reference="n° 2 69 05 49 588 157 80")


# ---------------------------------------------------------------- rectification
def test_a_correction_keeps_what_was_written_and_the_person_is_found_by_the_right_name(
    db: str, world: World
) -> None:
    ticket = a_submitted_ticket(world.cdas_agent, **ANNE)
    request = a_request(world.cdas_head)
    rectify(world.cdas_head, request, ticket.reference, "last_name", "Exempleau", "carte vue")
    with reading() as session:
        kept = session.scalars(select(Rectification)).one()
        assert (kept.field, kept.before, kept.after, kept.reason) == (
            "last_name",
            "Exemple",
            "Exempleau",
            "carte vue",
        )
        assert session.get_one(Person, ticket.id).last_name == "Exempleau"
        assert len(session.scalars(select(PersonWord).where(PersonWord.ticket_id == ticket.id)).all()) == 2
    _, found = operations.find(world.cdas_head, a_request(world.cdas_head, last_name="Exempleau"))
    assert [one.link for one in found] == [Link.OWN]
    with pytest.raises(InvalidInput):
        rectify(world.cdas_head, a_request(world.cdas_head), ticket.reference, "last_name", "Exempleau", "x")
    with pytest.raises(NotVisible):
        rectify(world.caf_head, request, ticket.reference, "last_name", "Autre", "x")


def test_r_dp_1_a_corrected_matricule_keeps_out_whoever_was(db: str, world: World) -> None:
    """Of the request whose matricule changes, and of those of the person's right one."""
    ticket = a_submitted_ticket(world.cdas_agent, **ANNE)
    of_the_file = a_submitted_ticket(world.cdas_agent, **BRUNO)
    later = a_submitted_ticket(world.cdas_agent, **{**ANNE, "matricule": "7654321"})
    kept_out.declare(world.caf_lead, of_the_file.reference, world.other_caf_agent.account_id)
    rectify(
        world.caf_head, a_request(world.caf_head), ticket.reference, "matricule", "7654321", "attestation vue"
    )
    for one in (ticket, of_the_file, later):
        with pytest.raises(NotVisible):
            consult(world.other_caf_agent, one.reference)
    with reading() as session:
        added, declared = (
            session.scalars(select(KeptOut).where(KeptOut.ticket_id == one.id)).one()
            for one in (ticket, of_the_file)
        )
        assert added.matricule_index == ring().blind_index("matricule", "7654321")
        assert (added.account_id, added.declared_by, added.declared_at) == (
            declared.account_id,
            declared.declared_by,
            declared.declared_at,
        )


def test_r_dp_1_who_was_kept_out_of_the_request_itself_is_kept_from_the_right_matricule_too(
    db: str, world: World
) -> None:
    """And stays out of the others that bear the matricule which it had."""
    ticket = a_submitted_ticket(world.cdas_agent, **ANNE)
    before = a_submitted_ticket(world.cdas_agent, **ANNE)
    kept_out.declare(world.caf_lead, ticket.reference, world.other_caf_agent.account_id)
    rectify(
        world.caf_head, a_request(world.caf_head), ticket.reference, "matricule", "7654321", "attestation vue"
    )
    after = a_submitted_ticket(world.cdas_agent, **{**ANNE, "matricule": "7654321"})
    for one in (ticket, before, after):
        with pytest.raises(NotVisible):
            consult(world.other_caf_agent, one.reference)


def test_r_dp_1_a_matricule_from_which_the_holder_is_kept_out_is_refused(db: str, world: World) -> None:
    ticket = a_submitted_ticket(world.cdas_agent, **ANNE)
    perform(world.caf_agent, ticket.reference, "take", {})
    elsewhere = a_submitted_ticket(world.cdas_agent, **{**BRUNO, "matricule": "7654321"})
    kept_out.declare(world.caf_lead, elsewhere.reference, world.caf_agent.account_id)
    request = a_request(world.caf_head)
    with pytest.raises(InvalidInput) as refused:
        rectify(world.caf_head, request, ticket.reference, "matricule", "7654321", "attestation vue")
    assert "confiez d’abord ce qu’elle suit à un collègue" in refused.value.fields["matricule"][0]
    with reading() as session:
        assert session.get_one(Person, ticket.id).matricule == ANNE["matricule"]
        assert session.scalars(select(Rectification)).all() == []
    assert consult(world.caf_agent, ticket.reference) == ticket.id


def test_the_proof_that_somebody_was_answered_goes_after_five_years(world: World) -> None:
    """P-09: a request that nobody has answered yet stays."""
    asked, waiting = a_request(world.cdas_head), a_request(world.cdas_head)
    operations.answer(world.cdas_head, asked)

    def forgotten_at(later: datetime) -> int:
        with clock.driven(lambda: later), transaction() as session:
            return operations.forget_old_answers(session)

    now = clock.now()
    assert forgotten_at(now + timedelta(days=5 * 365)) == 0
    assert forgotten_at(now + timedelta(days=5 * 366 + 1)) == 1
    with reading() as session:
        assert session.scalars(select(SubjectRequest.id)).all() == [waiting]
