"""« Qui peut faire quoi »: the reader's own rights first, then the whole table, as the code keeps them."""

from flask import render_template

from service.permissions import ROLE_LABELS, Permission, Role
from service.routes.guard import present_actor, requires
from service.routes.pages.blueprint import pages
from service.workflows.who_may import MEANINGS, Cell, Right, of_role, table


@pages.get("/qui-peut-faire-quoi")
@requires(Permission.LOGGED_IN)
def rights() -> str:
    """What one may do, in sentences, and who else may do what; it says nothing of any request."""
    role = present_actor().role
    own = {
        subject: [(right.label, MEANINGS[right.cell(role)]) for right in found]
        for subject, found in _by_subject(of_role(role)).items()
    }
    whole = {
        subject: [(right.label, _who(right)) for right in found]
        for subject, found in _by_subject(table()).items()
    }
    return render_template("rights/rights.html", role=ROLE_LABELS[role], own=own, whole=whole)


def _who(right: Right) -> list[tuple[str, str]]:
    """The roles that go equally far, together, and how far that is."""
    found: dict[Cell, list[str]] = {}
    for role in Role:
        if (cell := right.cell(role)) is not Cell.NO:
            found.setdefault(cell, []).append(ROLE_LABELS[role])
    return [(", ".join(roles), MEANINGS[cell]) for cell, roles in found.items()]


def _by_subject(found: tuple[Right, ...]) -> dict[str, list[Right]]:
    subjects: dict[str, list[Right]] = {}
    for right in found:
        subjects.setdefault(right.subject, []).append(right)
    return subjects
