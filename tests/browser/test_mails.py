"""The HTML part of the mails that Relais writes, in a real browser: axe finds nothing to refuse (R-27)."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from service import database
from service.database import reading
from service.models import OutboxMail
from service.notifications.sending import as_html
from tests.browser.people import faults

pytestmark = [pytest.mark.browser]

LINK = "https://relais.example/invitation/Q7m_x3Rk9ZtVb2x3Rk9ZtVb2x3Rk9ZtVb2x3Rk9ZtVb2x3Rk9ZtVb2"
"""As long as the longest that Relais writes."""


@pytest.fixture
def mails(demonstration_template: Path, tmp_path: Path) -> dict[str, OutboxMail]:
    """One mail of each event that the demonstration has told of."""
    engine = database.configure(
        f"sqlite:///{shutil.copy(demonstration_template, tmp_path / 'relais.sqlite3')}"
    )
    with reading() as session:
        kept = session.scalars(select(OutboxMail).order_by(OutboxMail.created_at)).all()
        found = {row.event: row for row in kept}
        session.expunge_all()
    engine.dispose()
    return found


def test_no_html_mail_is_refused_by_axe(browser: Browser, mails: dict[str, OutboxMail]) -> None:
    """R-27: language, title, heading, landmark, contrast, links; at the width of a telephone too."""
    assert len(mails) >= 15
    page, wrong = browser.new_page(), []
    for event, row in mails.items():
        html = as_html(row.subject, f"{row.body}\n{LINK}\n")
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            page.set_content(html)
            wrong += [f"{event} at {width}: {fault}" for fault in faults(page)]
            wide = page.evaluate("document.documentElement.scrollWidth")
            wrong += [f"{event}: {wide} px wide at {width}"] if wide > width else []
    page.close()
    assert wrong == []
