"""« Sceaux du journal »: what each hour has sealed, and the list that the other institution keeps (R-DP-4)."""

from flask import Response, render_template

from service import clock
from service.database import reading
from service.permissions import Institution, Permission
from service.queries.seals import every_seal, latest_seals
from service.routes.guard import requires
from service.routes.pages.blueprint import pages
from service.routes.pages.views import moments
from service.workflows import french
from service.workflows.seals import Seal, written

SHOWN = 24
LISTS = (
    (Institution.CAF, "Demandes auxquelles la Caf prend part"),
    (Institution.DEPARTEMENT, "Demandes auxquelles le Département prend part"),
)


@pages.get("/sceaux")
@requires(Permission.READ_SEALS)
def seals() -> str:
    """The last seals of each list; they name no request."""
    with reading() as session:
        found = [(one, title, latest_seals(session, one, SHOWN)) for one, title in LISTS]
    return render_template(
        "seals/seals.html",
        lists=[
            {"code": one.value, "title": title, "seals": [_shown(seal) for seal in sealed]}
            for one, title, sealed in found
        ],
        any=any(sealed for *_, sealed in found),
    )


@pages.get("/sceaux/fichier")
@requires(Permission.READ_SEALS)
def seals_file() -> Response:
    """Every seal of both lists, to keep apart: `relais verify --seals` compares the journal with it."""
    with reading() as session:
        text = "".join(f"{line}\n" for line in written(every_seal(session)))
    answer = Response(text, mimetype="application/jsonl")
    name = f"relais-sceaux-{french.local_day(clock.now()).isoformat()}.jsonl"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _shown(seal: Seal) -> dict[str, object]:
    digest = seal.digest.hex()
    return {
        "number": seal.number,
        "when": moments.whole(seal.sealed_at),
        "iso": moments.iso(seal.sealed_at),
        "tickets": seal.tickets,
        "digest": " ".join(digest[place : place + 4] for place in range(0, 24, 4)),
    }
