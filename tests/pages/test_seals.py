"""« Sceaux du journal »: who reads it, what it shows and gives away (R-DP-4)."""

from collections.abc import Callable

from bs4 import BeautifulSoup

from service.database import reading, transaction
from service.operations.seals import seal_journal
from service.permissions import Role
from service.queries.seals import every_seal
from service.workflows.seals import read
from tests.factories import World, a_submitted_ticket
from tests.pages.conftest import Visitor

LogIn = Callable[..., Visitor]


def test_steering_and_audit_of_both_sides_read_the_seals_and_take_them_away(
    logged_in: LogIn, world: World
) -> None:
    auditor = logged_in("auditor")
    assert "Aucun sceau pour le moment" in auditor.get("/sceaux").text
    ticket = a_submitted_ticket(world.cdas_agent)
    with transaction() as session:
        seal_journal(session)
    for role in Role:
        reads = role in {Role.STEERING, Role.AUDITOR}
        for url in ("/sceaux", "/sceaux/fichier"):
            assert logged_in(role.value).get(url).status_code == (200 if reads else 403), role
    shown, file = auditor.get("/sceaux").text, auditor.get("/sceaux/fichier")
    page = BeautifulSoup(shown, "html.parser")
    assert [len(page.select(f"#sceaux-{side} tbody tr")) for side in ("caf", "departement")] == [1, 1]
    assert "attachment" in file.headers["Content-Disposition"]
    with reading() as session:
        assert list(read(file.text.splitlines())) == list(every_seal(session))
    for text in (shown, file.text):
        assert ticket.reference not in text
        assert ticket.id.hex not in text.replace("-", "")
