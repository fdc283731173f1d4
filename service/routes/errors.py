"""Every refusal as an answer: a French page, or problem+json for programs and scripts. Nothing internal is shown."""

import math
import sqlite3
import time
from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, g, json, make_response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, SecurityError

from service import logs
from service.errors import (
    GuardRefused,
    InvalidInput,
    KeyMissing,
    KeyReused,
    Malformed,
    NotLoggedIn,
    NotPermitted,
    NotVisible,
    Refusal,
    StaleVersion,
    TooLarge,
    TooManyAttempts,
    VersionMissing,
    WrongMediaType,
    WrongState,
)
from service.routes.guard import from_own_page
from service.routes.identity import is_api

log = logs.logger(__name__)

STATUS: Mapping[type[Refusal], int] = {
    NotVisible: 404,
    NotPermitted: 403,
    NotLoggedIn: 401,
    WrongState: 409,
    StaleVersion: 409,
    GuardRefused: 422,
    InvalidInput: 422,
    KeyReused: 422,
    TooLarge: 413,
    TooManyAttempts: 429,
    KeyMissing: 400,
    Malformed: 400,
    WrongMediaType: 415,
    VersionMissing: 428,
}
TITLES: Mapping[int, str] = {
    400: "Demande incomprise",
    401: "Connexion nécessaire",
    403: "Action refusée",
    404: "Introuvable",
    405: "Méthode non prévue",
    409: "Changé entre-temps",
    412: "Version dépassée",
    413: "Trop lourd",
    415: "Type de contenu non prévu",
    422: "À corriger",
    428: "Version attendue",
    429: "Trop de demandes",
    500: "Panne",
    503: "Indisponible un instant",
}
_PAGES = frozenset({400, 403, 404, 405, 409, 413, 422, 429, 500, 503})
_AGAIN_AFTER_SECONDS = 5
_LONG_TEXT = 30


def register(app: Flask) -> None:
    """Answer every refusal, every HTTP error and every failure of the whole application."""
    app.register_error_handler(Refusal, answer_refusal)
    app.register_error_handler(HTTPException, answer_http)
    for lost in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(lost, answer_without_database)
    app.register_error_handler(Exception, answer_failure)


def wants_problem() -> bool:
    """Whether a program asks, or a script of ours: it reads problem+json."""
    return is_api() or request.accept_mimetypes.best == "application/json"


def status_of(refusal: Refusal) -> int:
    """The HTTP status of a refusal; on the API, a version that If-Match named and that is gone is a 412."""
    if isinstance(refusal, StaleVersion) and is_api() and "If-Match" in request.headers:
        return 412
    return next((STATUS[kind] for kind in type(refusal).__mro__ if kind in STATUS), 400)


def answer_refusal(refusal: Refusal) -> Response:
    """A refusal of the house, with its rule and what to do."""
    status = status_of(refusal)
    log.info("refused", code=refusal.code, rule=refusal.rule, status=status)
    if wants_problem():
        answer = problem(
            status,
            refusal.code,
            refusal.detail,
            rule=refusal.rule,
            advice=refusal.advice,
            errors=_by_field(getattr(refusal, "fields", {})),
            allowed=getattr(refusal, "allowed", None),
        )
    else:
        answer = _page(status, refusal=refusal, typed=_long_texts(), **_wait_in_words(refusal))
    if isinstance(refusal, TooManyAttempts):
        answer.headers["Retry-After"] = str(refusal.retry_after)
    return answer


def answer_http(error: HTTPException) -> ResponseReturnValue:
    """An error of HTTP itself; a redirection stays one."""
    if error.code is None or error.code < 400 or error.response is not None:
        return error
    if error.code == 500:  # a page that failed while another refusal was being told
        log.error("request.failed", exc_info=getattr(error, "original_exception", None) or error)
        return _failure()
    if isinstance(error, SecurityError):
        return Response("Nom de machine inconnu.\n", 400, mimetype="text/plain")
    if wants_problem():
        # flask-smorest puts the sentences of a schema there
        data: Mapping[str, Any] = getattr(error, "data", None) or {}
        answer = problem(error.code, f"http_{error.code}", _detail(error.code), errors=data.get("messages"))
    else:
        answer = _page(error.code, typed=_long_texts())
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            answer.headers[name] = value
    return answer


def answer_without_database(error: Exception) -> Response:
    """The database does not answer in time, and may have kept what was sent before it went: nobody can tell here."""
    g.without_database = True
    log.error("database.unavailable", exc_info=error)
    if isinstance(error, DBAPIError) and not _is_passing(error):
        return _failure()
    if wants_problem():
        answer = problem(503, "unavailable", _detail(503))
    else:
        answer = _page(503, typed=_long_texts(), sent=request.method == "POST")
    answer.headers["Retry-After"] = str(_AGAIN_AFTER_SECONDS)
    return answer


def answer_failure(error: Exception) -> Response:
    """What nobody foresaw: the trace in the log, a reference to quote on the page."""
    log.error("request.failed", exc_info=error)
    return _failure()


def problem(status: int, code: str, detail: str, **more: object) -> Response:
    """A problem+json body (RFC 9457) with our stable `code`; empty members are left out."""
    body = {
        "type": "about:blank",
        "title": TITLES.get(status, TITLES[400]),
        "status": status,
        "detail": detail,
    }
    body |= {"code": code, **{name: value for name, value in more.items() if value}}
    answer = Response(json.dumps(body), status, mimetype="application/problem+json")
    if status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="Relais"'
    return answer


def seconds_until(instant: float) -> int:
    """Whole seconds from now to a POSIX instant, at least one."""
    return max(1, math.ceil(instant - time.time()))


def _by_field(fields: Mapping[str, list[str]]) -> list[dict[str, str]]:
    return [
        {"field": name, "message": sentence} for name, sentences in fields.items() for sentence in sentences
    ]


def _failure() -> Response:
    g.without_database = True  # the page must not need what may have failed
    if wants_problem():
        return problem(500, "failure", _detail(500), incident=_incident())
    return _page(500, incident=_incident())


def _page(status: int, **context: Any) -> Response:
    name = status if status in _PAGES else 500 if status >= 500 else 400
    return make_response(
        render_template(f"errors/{name}.html", lost_files=files_not_kept(), **context), status
    )


def files_not_kept() -> list[str]:
    """The names of the files that came with a form which was not taken: they have to be chosen again."""
    if not _from_a_form_of_ours():
        return []
    try:
        return [sent.filename for sent in request.files.values() if sent.filename]
    except HTTPException:  # the form itself was what could not be read
        return []


def _incident() -> str:
    mark = g.get("request_id", "")[:8].upper()
    return f"{mark[:4]}-{mark[4:]}" if mark else ""


def _detail(status: int) -> str:
    return {
        404: "Cette adresse n’existe pas, ou elle n’est pas visible avec ce compte.",
        405: "Cette adresse n’accepte pas cette méthode.",
        413: "Ce contenu dépasse la taille acceptée.",
        415: "Ce type de contenu n’est pas accepté ici.",
        422: "Certaines valeurs sont à corriger.",
        429: "Trop de demandes en peu de temps.",
        500: "Une panne est survenue de notre côté ; elle est notée.",
        503: "La base de données n’a pas répondu : ce que vous envoyiez n’est peut-être pas enregistré.",
    }.get(status, "Cette demande n’a pas été comprise.")


def _is_passing(error: DBAPIError) -> bool:
    # SQLite files everything under OperationalError, a missing table included; PostgreSQL only what may pass.
    return not isinstance(error.orig, sqlite3.Error) or "locked" in str(error.orig)


def _long_texts() -> list[tuple[str, str]]:
    """What was written at length in a form that could not be taken: given back to be copied."""
    if not _from_a_form_of_ours():
        return []
    try:
        typed = [value for name, value in request.form.items(multi=True) if "password" not in name]
    except HTTPException:  # the form itself was what could not be read
        return []
    long = [value for value in typed if len(value) > _LONG_TEXT and " " in value.strip()]
    return [
        (f"Texte {number}" if len(long) > 1 else "Votre texte", value) for number, value in enumerate(long, 1)
    ]


def _from_a_form_of_ours() -> bool:
    """Another site's words never stand on ours."""
    return request.method == "POST" and not is_api() and from_own_page()


def _wait_in_words(refusal: Refusal) -> dict[str, str]:
    if not isinstance(refusal, TooManyAttempts):
        return {}
    return {"retry_after_words": in_words(refusal.retry_after)}


def in_words(seconds: int) -> str:
    """« dans 30 secondes », « dans 2 minutes », rounded up."""
    if seconds < 60:
        return f"dans {seconds} seconde{'s' if seconds > 1 else ''}"
    minutes = -(-seconds // 60)
    return f"dans {minutes} minute{'s' if minutes > 1 else ''}"
