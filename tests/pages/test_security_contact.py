"""`/.well-known/security.txt`: as RFC 9116 writes it, until the day that was given, absent where nobody is named."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask

from service import clock
from service.app import create_app
from service.config import Config
from service.routes.security_contact import ADDRESS
from service.start import tell_what_is_missing
from service.workflows.setting_table import SETTINGS, TO_FILL
from tests import settings
from tests.factories import World, today
from tests.pages.conftest import Visitor

MAILBOX = "securite@departement.example"
FOR_REAL = {"DEMONSTRATION": "0", "PUBLIC_URL": "https://relais.example"}


def named(db: str, in_days: int) -> Config:
    until = today() + timedelta(days=in_days)
    return settings.config(db, **FOR_REAL, SECURITY_CONTACT=MAILBOX, SECURITY_EXPIRES=until.isoformat())


def test_r_31_it_says_whom_to_tell_and_until_when(db: str, world: World) -> None:
    """A contact, one expiry in the form of RFC 3339, the languages, its own address; nobody has to log in."""
    visitor = Visitor(
        create_app(settings.config(db, SECURITY_CONTACT=MAILBOX, SECURITY_EXPIRES=str(today())))
    )
    answer = visitor.get(ADDRESS)
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    said = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert list(said) == ["Contact", "Expires", "Preferred-Languages", "Canonical"]
    assert said["Contact"] == f"mailto:{MAILBOX}"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", said["Expires"])
    assert datetime.fromisoformat(said["Expires"]) > clock.now()
    assert said["Canonical"].endswith(ADDRESS)


def test_r_31_an_expired_one_is_not_given_out(db: str, world: World) -> None:
    until = str(today() - timedelta(days=1))
    app = create_app(settings.config(db, SECURITY_CONTACT=MAILBOX, SECURITY_EXPIRES=until))
    assert Visitor(app).get(ADDRESS).status_code == 404


def test_r_31_where_nobody_is_named_there_is_none(app: Flask, world: World) -> None:
    assert Visitor(app).get(ADDRESS).status_code == 404


@pytest.mark.parametrize(("in_days", "expired"), [(-1, True), (0, False)])
def test_r_31_the_start_tells_of_an_expired_contact_and_of_what_the_public_pages_lack(
    db: str, world: World, written: Callable[[], list[dict[str, object]]], in_days: int, *, expired: bool
) -> None:
    """Publisher, host, whom to ask: seven Settings that only the administration can fill."""
    tell_what_is_missing(named(db, in_days))
    told = {str(line["event"]): line.get("count") for line in written()}
    assert ("security_contact.expired" in told) == expired
    assert told["settings.to_fill"] == len([row for row in SETTINGS if row.default == TO_FILL]) == 7
