"""Change a model letter, and make a letter from one: what is made is logged, its content is not kept (R-RV, R-PR-3)."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from uuid import UUID

from sqlalchemy import select

from service import clock
from service.database import reading, transaction
from service.errors import InvalidInput, NotPermitted, NotVisible, StaleVersion
from service.models import LetterModel, LetterPrinted, Ticket
from service.operations.consultation import consult
from service.operations.revision import bump
from service.operations.texts import refuse_nir
from service.pdf import CannotBePrinted, render
from service.permissions import Actor
from service.queries import tickets
from service.queries.letter_models import current
from service.workflows.letter_models import (
    KINDS,
    WITHOUT_LETTER,
    Letter,
    LetterKind,
    Wording,
    fields_in,
    may_edit,
    may_print,
    merge,
)
from service.workflows.merging import MergeRefused


def kind_of(code: str) -> LetterKind:
    """The model of that code; refuses (NotVisible) any other text."""
    if code not in KINDS:
        raise NotVisible
    return KINDS[code]


def change_model(actor: Actor, code: str, wording: Wording, *, seen: int) -> bool:
    """Give a model its next version; False when the wording is the present one.

    Refuses whose role does not write this model, a merge field that it does not have, a stray brace, a
    social-security number (R-DP-7), and (StaleVersion) when version `seen` is no longer the present one.
    """
    kind = kind_of(code)
    if not may_edit(actor, kind):
        raise NotPermitted("Votre rôle ne permet pas de changer ce modèle.")
    title, subject, body = wording
    refuse_nir({"title": title, "subject": subject, "body": body})
    _expect_mergeable(kind, {"subject": subject, "body": body})
    with transaction() as session:
        bump(session)  # holds the row: one change at a time
        known = current(session, kind)
        if known.version != seen:
            raise StaleVersion(
                "Ce modèle a changé depuis que vous l’avez ouvert.",
                advice="Votre texte est gardé ci-dessous : comparez-le à l’historique, puis enregistrez de nouveau.",
            )
        if known.wording == wording:
            return False
        session.add(
            LetterModel(
                code=code,
                version=known.version + 1,
                title=title,
                subject=subject,
                body=body,
                changed_at=clock.now(),
                changed_by=actor.account_id,
            )
        )
        return True


def expect_letter_of(actor: Actor, ticket_id: UUID) -> None:
    """Refuse (NotVisible) a ticket that the actor may not read, (NotPermitted) one of which no letter is made."""
    with reading() as session:
        kind = session.scalar(select(Ticket.kind).where(tickets.visible_to(actor), Ticket.id == ticket_id))
    if kind is None:
        raise NotVisible
    if kind in WITHOUT_LETTER:
        raise NotPermitted("Aucun courrier ne se fait à partir de cette demande.")


def prepare_letter(actor: Actor, code: str, values: Mapping[str, str], *, seen: int) -> Letter:
    """The letter as it would be printed; nothing is kept.

    Refuses whose role makes no such letter, a value that misses or holds a social-security number (R-DP-7), and
    (StaleVersion) when version `seen` of the model is no longer the present one.
    """
    kind = kind_of(code)
    if not may_print(actor, kind):
        raise NotPermitted("Votre rôle ne permet pas de faire ce courrier.")
    refuse_nir(values)
    with reading() as session:
        known = current(session, kind)
    if known.version != seen:
        raise StaleVersion(
            "Le modèle de ce courrier a changé depuis que vous l’avez ouvert.",
            advice="Relisez l’aperçu : il suit maintenant le nouveau texte.",
        )
    try:
        return merge(kind, known.wording, values)
    except MergeRefused as refused:
        raise InvalidInput({"": [refused.sentence]}, rule=kind.rule) from None


def print_letter(
    actor: Actor, code: str, values: Mapping[str, str], day: date, *, seen: int, reference: str | None = None
) -> bytes:
    """The PDF of a letter dated `day`, logged with its model, version and ticket, without its content.

    Refuses what `prepare_letter` refuses, a ticket that the actor may not read (that refusal is logged, R-DP-4) or
    of which no letter is made, and a sign that can not be printed. The internal notes of a ticket and its addresses
    are never read here (R-DP-3, R-DP-8).
    """
    ticket_id = consult(actor, reference, "letter") if reference else None
    if ticket_id is not None:
        expect_letter_of(actor, ticket_id)
    letter = prepare_letter(actor, code, values, seen=seen)
    try:
        made = render("letter.typ", {**asdict(letter), "author": values.get("service", "")}, day)
    except CannotBePrinted:
        sentence = "Un signe de ce courrier ne peut pas être imprimé (émoticône ou écriture rare) : ôtez-le."
        raise InvalidInput({"": [sentence]}) from None
    with transaction() as session:
        session.add(
            LetterPrinted(
                model_code=code,
                model_version=seen,
                ticket_id=ticket_id,
                author_id=actor.account_id,
                unit_id=actor.unit_id,
                printed_at=clock.now(),
            )
        )
    return made


def _expect_mergeable(kind: LetterKind, texts: Mapping[str, str]) -> None:
    found: dict[str, list[str]] = {}
    for name, text in texts.items():
        try:
            fields_in(kind, text)
        except MergeRefused as refused:
            found[name] = [refused.sentence]
    if found:
        raise InvalidInput(found, rule=kind.rule)
