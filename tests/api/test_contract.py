"""The document says what the API does: bodies made from it, right and wrong ones, get the answers it promises."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig

from service.app import create_app
from service.permissions import Actor
from tests import scale
from tests import settings as test_settings
from tests.api.conftest import Caller, a_body, a_sent_ticket
from tests.factories import World

EXAMPLES = scale.count(20, 1000)
"""Right ones for each operation, and as many wrong ones."""

RULES_DECIDE = ["2xx", "401", "403", "404", "409", "412", "422"]
"""A right form is not yet a right request: the rules of the convention answer 409 or 422, a version gone by 412."""

REFUSED = ["400", "401", "403", "404", "409", "412", "415", "422", "428"]

Calling = Callable[[Actor | None], Caller]
DOCUMENT = json.loads(
    create_app(test_settings.config()).test_client().get("/api/v1/openapi.json").get_data(as_text=True)
)
OPERATIONS = [
    (path, method) for path, item in DOCUMENT["paths"].items() for method in item if method in ("get", "post")
]
BEFORE = {
    "submit": [],
    "complete": ["sent"],
    "assign": ["sent"],
    "reject": ["sent"],
    "take": ["sent"],
    "ask": ["sent", "take"],
    "reply": ["sent", "take", "ask"],
    "answer": ["sent", "take"],
    "acknowledge": ["sent", "take", "answer"],
    "reopen": ["sent", "take", "answer"],
    "contest": ["sent", "reject"],
    "cancel": ["sent"],
    "reassign": ["sent", "take"],
    "undo": ["sent", "take"],
}
MADE = [
    (path, method, mode)
    for path, method in OPERATIONS
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    if (path, mode) != ("/api/v1/line", GenerationMode.NEGATIVE)  # it takes nothing that could be wrong
    and ("/actions/" not in path or path.rsplit("/", 1)[-1] in BEFORE)  # the others are played in test_plays
]
BODIES = {
    "ask": {"question": "Quel mois ?"},
    "answer": {"outcome": "restored", "text": "Fait."},
    "reject": {"reason": "not_urgent", "sentence": "Non.", "turn_to": "Le 3230"},
}
OF_THE_CDAS = ("submit", "reply", "acknowledge", "reopen", "contest", "cancel")


@pytest.fixture
def db(sqlite_db: str) -> str:
    """What is promised does not depend on the kind of database."""
    return sqlite_db


class Stage:
    """Somebody who may do the operation, and a ticket in a state from which it starts."""

    def __init__(self, path: str, cdas: Caller, caf: Caller, lead: Caller) -> None:
        self.cdas, self.caf, self.lead = cdas, caf, lead
        self.act = path.rsplit("/", 1)[-1] if "/actions/" in path else ""
        of_cdas = self.act in OF_THE_CDAS or not self.act
        self.caller = cdas if of_cdas else lead
        self.reference, self.version, self.attachment = "", 0, ""
        self.prepare()

    def prepare(self) -> None:
        """A fresh ticket where the act is possible."""
        if self.act == "submit":
            self.reference = self.cdas.post("/tickets", a_body(submit=False)).json["reference"]
        else:
            self.reference = a_sent_ticket(self.cdas)
            made = self.cdas.upload(self.reference, "a.pdf", b"%PDF-1.7\n%%EOF\n")
            self.attachment = made.json["id"]
        for name in BEFORE.get(self.act, [])[1:]:
            self.caf.act(self.reference, name, BODIES.get(name, {}))
        self.version = self.cdas.get(f"/tickets/{self.reference}").json["version"]

    def set(self, case: Any) -> None:
        """Let a case with a possible address and version be about this ticket."""
        parameters = case.path_parameters or {}
        if isinstance(parameters.get("ref"), str) and len(parameters["ref"]) == 12:
            parameters["ref"] = self.reference
        if "attachment_id" in parameters and len(str(parameters["attachment_id"])) == 36:
            parameters["attachment_id"] = self.attachment
        tag = (case.headers or {}).get("If-Match", "")
        if tag.startswith('"') and tag.endswith('"') and tag[1:-1].isdigit() and len(tag) < 8:
            case.headers["If-Match"] = f'"{self.version}"'


@pytest.mark.parametrize(("path", "method", "mode"), MADE)
def test_the_answers_are_those_of_the_document(
    app: Flask, calling: Calling, world: World, path: str, method: str, mode: GenerationMode
) -> None:
    for limiter in app.extensions["limiter"]:
        limiter.enabled = False
    stage = Stage(path, calling(world.cdas_agent), calling(world.caf_agent), calling(world.caf_lead))
    config = SchemathesisConfig.from_dict(
        {
            "checks": {
                "positive_data_acceptance": {"expected-statuses": RULES_DECIDE},
                "negative_data_rejection": {"expected-statuses": REFUSED},
            }
        }
    )
    document = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app, config=config)

    @given(case=document[path][method].as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES,
        derandomize=not scale.NIGHTLY,
        suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
    )
    def holds(case: Any) -> None:
        stage.set(case)
        answer = case.call_and_validate(headers={"Authorization": f"Bearer {stage.caller.token}"})
        if stage.act and answer.status_code == 200:
            stage.prepare()

    holds()


def test_the_document_is_whole() -> None:
    assert DOCUMENT["openapi"] == "3.1.0"
    assert len(OPERATIONS) == 56
    for path, method in OPERATIONS:
        operation = DOCUMENT["paths"][path][method]
        assert operation["summary"], path
        assert operation["operationId"], path
        refused = {status: answer for status, answer in operation["responses"].items() if status >= "400"}
        assert {"429"} <= refused.keys(), path
        assert all(list(answer["content"]) == ["application/problem+json"] for answer in refused.values()), (
            path
        )


def test_no_address_has_room_for_a_person() -> None:
    names = {
        parameter["name"]
        for path, method in OPERATIONS
        for parameter in (
            *DOCUMENT["paths"][path][method].get("parameters", ()),
            *DOCUMENT["paths"][path].get("parameters", ()),
        )
        if parameter["in"] != "header"
    }
    assert names == {
        "ref", "attachment_id", "kind", "state", "channel", "benefit", "asking_unit", "owed_by", "sort", "cursor",
        "limit",
    }  # fmt: skip
