"""« Qui peut faire quoi »: the reader's own rights first, then the whole table, as the code keeps them."""

from flask import render_template

from service.permissions import ROLE_LABELS, Permission, Role
from service.routes.guard import present_actor, requires
from service.routes.pages.blueprint import pages
from service.workflows.who_may import MEANINGS, Cell, Right, of_role, table


@pages.get("/qui-peut-faire-quoi")
@requires(Permission.LOGGED_IN)
def rights() -> str:
    """What one may do, in sentences, and the table of all roles; it says nothing of any request."""
    role = present_actor().role
    return render_template(
        "rights/rights.html",
        role=ROLE_LABELS[role],
        own=_by_subject(of_role(role)),
        whole=_by_subject(table()),
        roles=[(one, ROLE_LABELS[one]) for one in Role],
        columns=[{"label": "Action"}, *({"label": ROLE_LABELS[one]} for one in Role)],
        own_role=role,
        meanings=MEANINGS,
        no=Cell.NO,
    )


def _by_subject(found: tuple[Right, ...]) -> dict[str, list[Right]]:
    subjects: dict[str, list[Right]] = {}
    for right in found:
        subjects.setdefault(right.subject, []).append(right)
    return subjects
