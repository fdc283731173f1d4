"""One decorator for every operation of the API: address, permission, what it takes, what it gives, its document."""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, TypeVar

import flask_smorest
from flask import Request
from marshmallow import RAISE, Schema, ValidationError
from webargs.flaskparser import FlaskParser

from service.errors import InvalidInput
from service.permissions import Permission
from service.routes.api import bodies
from service.routes.guard import requires
from service.schemas.fields import flat
from service.schemas.output import ProblemOut

View = TypeVar("View", bound=Callable[..., Any])
Document = Mapping[str, Any]

PROBLEM = "application/problem+json"
MULTIPART = "multipart/form-data"

REFERENCE: Document = {
    "in": "path",
    "name": "ref",
    "required": True,
    "description": "The reference of the ticket, for example UD-4F7K-92QX.",
    "schema": {"type": "string", "minLength": 12, "maxLength": 12},
    "example": "UD-4F7K-92QX",
}
KEY: Document = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": True,
    "description": "Chosen by the caller: the same key with the same body makes one thing (200 the next times).",
    "schema": {"type": "string", "pattern": r"^[!-~]{1,80}$"},
}
VERSION: Document = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "description": "The ETag under which the ticket was read; refused (412) when it has changed since.",
    "schema": {"type": "string", "pattern": r'^"[0-9]{1,9}"$'},
}


class StrictParser(FlaskParser):
    """Reads bodies and addresses without leniency, and refuses in the house's words."""

    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {  # noqa: RUF012
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "query": RAISE,
    }

    def load_json(self, req: Request, schema: Schema) -> Any:
        """The body, with the types of the schema."""
        return bodies.json_object(req, schema)

    def load_querystring(self, req: Request, schema: Schema) -> Any:
        """The parameters of the address, each once."""
        return bodies.parameters(req)

    def handle_error(self, error: ValidationError, req: Request, schema: Schema, **_: Any) -> Any:
        """Refuse (InvalidInput) with the sentences of each field."""
        (messages,) = error.messages_dict.values()  # webargs puts them under the name of the place
        raise InvalidInput(flat(messages)) from None


class Interface(flask_smorest.Blueprint):  # type: ignore[misc]
    """A part of the API. `get` and `post` declare an operation; the view receives what was read."""

    ARGUMENTS_PARSER = StrictParser()

    def get(
        self,
        rule: str,
        permission: Permission,
        answer: type[Schema] | None,
        *,
        query: type[Schema] | None = None,
        document: Document | None = None,
    ) -> Callable[[View], View]:
        """Something to read; without `answer`, `document` says what comes back."""
        return self._operation("GET", rule, permission, HTTPStatus.OK, answer, query=query, document=document)

    def post(
        self,
        rule: str,
        permission: Permission,
        answer: type[Schema],
        *,
        body: type[Schema] | None = None,
        status: int = HTTPStatus.OK,
        headers: Sequence[Document] = (),
        document: Document | None = None,
    ) -> Callable[[View], View]:
        """Something to do. `status` 201: it creates, and answers 200 when it was made before.

        Without `body` the view reads the body itself, and `document` says what it is.
        """
        return self._operation(
            "POST", rule, permission, status, answer, body=body, headers=headers, document=document
        )

    def _operation(
        self,
        method: str,
        rule: str,
        permission: Permission,
        status: int,
        answer: type[Schema] | None,
        *,
        query: type[Schema] | None = None,
        body: type[Schema] | None = None,
        headers: Sequence[Document] = (),
        document: Document | None = None,
    ) -> Callable[[View], View]:
        def declare(view: View) -> View:
            wrapped: Any = view
            if answer is not None:
                wrapped = self.response(status, answer)(wrapped)
            if status == HTTPStatus.CREATED:
                wrapped = self.alt_response(200, schema=answer, success=True, description="Made before")(
                    wrapped
                )
            if query is not None:
                wrapped = self.arguments(query, location="query")(wrapped)
            if body is not None:
                wrapped = self.arguments(body)(wrapped)
            refused = _refusals(method, rule, permission, headers, takes=query is not None)
            described: dict[str, Any] = {
                "operationId": view.__name__,
                "security": _security(permission),
                **(document or {}),
            }
            described["responses"] = {
                **{str(status): _problem(status) for status in refused},
                **described.get("responses", {}),
            }
            if headers:
                described["parameters"] = list(headers)
            wrapped = requires(permission)(self.doc(**described)(wrapped))
            parameters = [dict(REFERENCE)] if "ref>" in rule else None
            self.route(rule, methods=[method], endpoint=view.__name__, parameters=parameters)(wrapped)
            return view

        return declare


def _security(permission: Permission) -> list[dict[str, list[str]]]:
    # A public operation may still be asked with a token, and tells some people more.
    return [{}, {"token": []}] if permission is Permission.PUBLIC else [{"token": []}]


def _problem(status: int) -> Document:
    # Written once here: declared one by one, each would copy all that was declared before it.
    return {"description": HTTPStatus(status).phrase, "content": {PROBLEM: {"schema": ProblemOut}}}


def _refusals(
    method: str, rule: str, permission: Permission, headers: Sequence[Document], *, takes: bool
) -> list[int]:
    found = {429}
    if permission is not Permission.PUBLIC:
        found |= {401, 403}
    if "<" in rule:
        found |= {404}
    if takes:
        found |= {422}
    if method == "POST":
        found |= {400, 409, 413, 415, 422}
    if VERSION in headers:
        found |= {412, 428}
    return sorted(found)
