"""Forms, files and mails of somebody who means harm: no server error, nothing outside the schema, bounded memory.

Each round one role, logged in, is given every form that its pages show; each form is filled, spoilt and sent. Then
files are joined and mails arrive. After the round the whole database is compared with what the models allow.
"""

import io
import resource
import shutil
import time
from collections import Counter
from itertools import count
from pathlib import Path
from random import Random

import pytest
from flask import Flask

from service import database
from service.database import reading
from service.operations import acts
from service.operations.intake import intake
from service.permissions import Role
from service.workflows.registry import WORKFLOWS
from tests import scale
from tests.factories import World, a_submitted_ticket, email_of
from tests.fuzz.hostile import Form, a_file, a_mail, forms_of, posted
from tests.fuzz.schema import breaches
from tests.notifications.test_incoming_never_raises import CORPUS, PIECES
from tests.pages.conftest import Visitor

SEED = 20261126
SENT = scale.count(90, 20_000)
FORMS, FILES, MAILS = scale.count(60, 300), scale.count(15, 60), scale.count(15, 60)
"""Of one round."""

ROLES = (Role.CDAS_AGENT,) if not scale.NIGHTLY else tuple(Role)
MOST_MEMORY = 300 * 1024
"""KiB by which the process may grow after its first round."""

LEAVES = ("/deconnexion", "/connexion", "/compte")
"""Forms that end one's own session are tried by the tests of the login."""


@pytest.fixture
def db(sqlite_db: str) -> str:
    """The kind of database that enforces least."""
    return sqlite_db


# Werkzeug leaves the file of a form that was cut to the collector, which closes it at once.
@pytest.mark.filterwarnings("ignore:Unclosed file <tempfile.SpooledTemporaryFile:ResourceWarning")
def test_whatever_is_sent_nothing_breaks_and_nothing_odd_is_kept(
    app: Flask, world: World, db: str, tmp_path: Path
) -> None:
    for limiter in app.extensions["limiter"]:
        limiter.enabled = False
    kept = Path(shutil.copy(Path(database.engine().url.database or ""), tmp_path / "kept.sqlite3"))
    answers, began, most = Counter[str](), time.monotonic(), 0
    for number in count():
        if answers.total() >= SENT:
            break
        chance, role = Random(SEED + number), ROLES[number % len(ROLES)]
        fresh(kept)
        answers += a_round(app, world, role, chance)
        with reading() as session:
            assert breaches(session) == [], f"round {number}, {role}"
        most = most or memory() + MOST_MEMORY
        assert memory() < most, f"round {number}"
        print(f"seed {SEED}: {answers.total()} sent, {time.monotonic() - began:.0f} s", flush=True)
    print(
        f"seed {SEED}: {answers.total()} sent, {time.monotonic() - began:.0f} s, {dict(sorted(answers.items()))}"
    )


def a_round(app: Flask, world: World, role: Role, chance: Random) -> Counter[str]:
    references = some_tickets(world)
    answers = joined(app, references[0], chance) + arrived(chance)
    visitor = entered(app, role)
    forms = every_form(app, visitor, references)
    assert forms or role is Role.AUDITOR, "who reads, and changes nothing but their own account"
    for _ in range(FORMS if forms else 0):
        form = chance.choice(forms)
        sent = posted(form, chance)
        answer = visitor.client.post(form.action, data=sent.body, content_type=sent.content_type)
        assert answer.status_code < 500, (role, form.action, sent, answer.text[:400])
        answers[f"form {answer.status_code}"] += 1
        if answer.location and answer.location.startswith("/connexion"):
            visitor = entered(app, role)
    return answers


def fresh(kept: Path) -> None:
    """The same small world as before the round."""
    engine = database.engine()
    engine.dispose()
    place = Path(engine.url.database or "")
    for left in place.parent.glob(f"{place.name}-*"):
        left.unlink()
    shutil.copy(kept, place)


def some_tickets(world: World) -> list[str]:
    """A request sent, one in hand, one that waits for the CDAS."""
    references = [a_submitted_ticket(world.cdas_agent).reference for _ in range(3)]
    acts.perform(world.caf_agent, references[1], "take", {})
    acts.perform(world.caf_agent, references[2], "take", {})
    acts.perform(world.caf_agent, references[2], "ask", {"question": "Quelle date ?"})
    return references


def entered(app: Flask, role: Role) -> Visitor:
    visitor = Visitor(app)
    assert visitor.log_in(email_of(role.value)).status_code == 303
    return visitor


def every_form(app: Flask, visitor: Visitor, references: list[str]) -> list[Form]:
    """The forms of all pages without parameters, of the new requests, and of some requests with their acts."""
    addresses = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.arguments and rule.endpoint.startswith("pages.")
    ]
    addresses += [f"/nouvelle/{kind}" for kind in WORKFLOWS]
    for reference in references:
        acts_of = [
            f"/demandes/{reference}/actions/{row.name}" for row in WORKFLOWS["urgent_rights"].transitions
        ]
        addresses += [f"/demandes/{reference}", *acts_of]
    found: dict[str, Form] = {}
    for address in addresses:
        page = visitor.get(address)
        if page.status_code == 200 and page.mimetype == "text/html":
            for form in forms_of(page.text, address):
                if not form.action.startswith(LEAVES):
                    found.setdefault(f"{form.action} {sorted(form.fields)}", form)
    return list(found.values())


def joined(app: Flask, reference: str, chance: Random) -> Counter[str]:
    """Hostile files, on the page; what was kept is one of the three kinds that are taken."""
    visitor, answers = entered(app, Role.CDAS_AGENT), Counter[str]()
    form = next(form for form in forms_of(visitor.get(f"/demandes/{reference}").text, "") if form.multipart)
    usual = {name: values[0] for name, values in form.fields.items() if name != "file"}
    for number in range(FILES):
        name, content = a_file(chance)
        fields = {**usual, "form_key": f"{chance.getrandbits(128):032x}", "file": (io.BytesIO(content), name)}
        answer = visitor.client.post(form.action, data=fields, content_type="multipart/form-data")
        assert answer.status_code < 500, (number, name, content[:60])
        answers[f"file {answer.status_code}"] += 1
    return answers


def arrived(chance: Random) -> Counter[str]:
    answers = Counter[str]()
    for _ in range(MAILS):
        answers[f"mail {intake(a_mail(CORPUS, PIECES, chance)).code}"] += 1
    return answers


def memory() -> int:
    """The most that this process has ever held, KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
