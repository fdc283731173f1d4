"""« Signaler une urgence définie »: the form, its verdict, its draft, what leaves and what does not."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from service.database import reading
from service.models import Ticket
from sqlalchemy import select
from tests.factories import REDON, World, today


def form(**changes: str) -> dict[str, str]:
    usual = {
        "form_key": "a" * 32,
        "matricule": "1234567",
        "last_name": "Démo-Le Gall",
        "first_name": "Éloïse",
        "commune": REDON,
        "benefit": "rsa",
        "event": "interruption",
        "cdap": "today",
        "cdap_missing": "Le motif n’apparaît pas.",
        "ground": "told",
        "line_open_reason": "documents",
        "description": "Plus de versement, le frigo est vide.",
    }
    return {name: value for name, value in {**usual, **changes}.items() if value}


def test_send(logged_in: Callable[..., Any]) -> None:
    v = logged_in("cdas_agent")
    answer = v.get("/signaler")
    assert answer.status_code == 200, answer.text[:3000]
    answer = v.post("/signaler", form())
    assert answer.status_code == 303, answer.text
    page = v.get(answer.location)
    assert page.status_code == 200
    print(page.text)
    for u in (
        "/",
        "/demandes",
        "/demandes.csv",
        answer.location + "/delais",
        answer.location + "/actions/cancel",
    ):
        a = v.get(u)
        assert a.status_code == 200, (u, a.text[:2000])
    for who in ("caf_secretariat", "caf_agent", "caf_lead"):
        v = logged_in(who)
        for u in (
            "/",
            "/demandes",
            "/demandes.csv",
            answer.location,
            answer.location + "/delais",
            answer.location + "/actions/assign",
        ):
            a = v.get(u)
            assert a.status_code == 200, (u, a.text[:2000])
    for who in ("admin", "steering"):
        assert logged_in(who).get("/").status_code == 200
