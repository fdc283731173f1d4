"""The table « Qui peut faire quoi » is worked out from the code; here it meets the one written by hand (roles)."""

from pathlib import Path

from service.permissions import CONTENT_ROLES, Role
from service.workflows.who_may import Cell, of_role, table

MATRIX = Path(__file__).with_name("the_matrix.txt")


def by_hand() -> dict[str, list[str]]:
    rows = {}
    for line in MATRIX.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            label, cells = (part.strip() for part in line.split("|"))
            assert label not in rows, f"{label} stands twice"
            rows[label] = [Cell.SELF if cell == "soi" else cell for cell in cells.split()]
    return rows


def test_the_server_gives_each_role_what_the_table_of_roles_says() -> None:
    """Invariant 10, cell by cell."""
    worked_out = {
        f"{right.subject} : {right.label}": [str(right.cell(role)) for role in Role] for right in table()
    }
    expected = by_hand()
    assert worked_out.keys() == expected.keys()
    assert {label: cells for label, cells in worked_out.items() if cells != expected[label]} == {}


def test_who_reads_no_request_has_no_line_about_what_one_contains() -> None:
    """Invariant 2: steering, audit, the referents of the SIAO and the administration read no personal data."""
    for role in set(Role) - CONTENT_ROLES:
        assert not {"Ce qu’une demande contient", "Ouvrir une demande"} & {
            right.subject for right in of_role(role)
        }
