"""Rewrite the good practices for CDAP, and follow what is asked of the Cnaf about it (R-GO-8)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from service import clock
from service.database import transaction
from service.errors import InvalidInput, NotVisible, StaleVersion, WrongState
from service.models import CdapPractice, CnafRequest, CnafStep
from service.operations.keepers import expect_keeper
from service.operations.revision import bump
from service.operations.texts import refuse_nir
from service.permissions import Actor
from service.queries.cdap_practice import present
from service.workflows import french
from service.workflows.cnaf import FOLLOWING, STATUSES


def rewrite(actor: Actor, body: str, *, seen: int) -> bool:
    """Give the page its next version; False when that is the present text.

    Refuses a NIR (R-DP-7), and (StaleVersion) when version `seen` is no longer the present one.
    """
    expect_keeper(actor)
    refuse_nir({"body": body})
    with transaction() as session:
        bump(session)  # holds the row: one change at a time
        known = present(session)
        if known.version != seen:
            raise StaleVersion(
                "Cette page a changé depuis que vous l’avez ouverte.",
                advice="Votre texte est gardé ci-dessous : comparez-le à l’historique, puis enregistrez de nouveau.",
            )
        if known.body == body:
            return False
        session.add(
            CdapPractice(
                version=known.version + 1, body=body, changed_at=clock.now(), changed_by=actor.account_id
            )
        )
        return True


def ask(actor: Actor, given: Mapping[str, Any]) -> UUID:
    """Begin a request to the Cnaf, to be written; gives its identifier. Refuses a NIR (R-DP-7)."""
    expect_keeper(actor)
    refuse_nir(given)
    with transaction() as session:
        request = CnafRequest(
            topic=given["topic"], title=given["title"], body=given.get("body"), status="to_write"
        )
        session.add(request)
        session.flush()
        _step(session, actor, request, {"status": "to_write", "happened_on": french.local_day(clock.now())})
    return request.id


def follow(actor: Actor, request_id: UUID, given: Mapping[str, Any]) -> None:
    """Note what became of a request: transmitted, answered, without follow-up, and on which day.

    Refuses (WrongState) what can not follow its status, a day to come, and a NIR.
    """
    expect_keeper(actor)
    refuse_nir(given)
    with transaction() as session:
        request = session.get(CnafRequest, request_id, with_for_update=True)
        if request is None:
            raise NotVisible
        if given["status"] not in FOLLOWING[request.status]:
            raise WrongState(
                f"Cette demande est « {STATUSES[request.status]} » : "
                f"elle ne devient pas « {STATUSES[given['status']]} ».",
                allowed=FOLLOWING[request.status],
                rule="R-GO-8",
                advice="Rechargez la page : quelqu’un l’a peut-être déjà notée.",
            )
        if given["happened_on"] > french.local_day(clock.now()):
            raise InvalidInput({"happened_on": ["Ce jour est à venir : notez-le une fois fait."]})
        request.status = given["status"]
        _step(session, actor, request, given)


def _step(session: Session, actor: Actor, request: CnafRequest, given: Mapping[str, Any]) -> None:
    session.add(
        CnafStep(
            request_id=request.id,
            status=given["status"],
            happened_on=given["happened_on"],
            note=given.get("note"),
            recorded_at=clock.now(),
            recorded_by=actor.account_id,
        )
    )
