"""Which CDAS receives a request of the Caf: the one that was chosen, else that of the person's home."""

from service.errors import InvalidInput
from service.operations.statement import expect_cdas
from service.operations.transitions import Act
from service.queries.directory import cdas_of
from service.queries.reference import UnitCard


def receiving_cdas(act: Act, field: str = "receiving_unit") -> UnitCard:
    """The CDAS chosen, or the one that covers the commune. Refuses (InvalidInput) where several do: one must choose."""
    chosen = act.given.get(field)
    if chosen:
        return expect_cdas(act, chosen, field)
    covering = cdas_of(act.session, act.given.get("commune"))
    if len(covering) == 1:
        return expect_cdas(act, covering[0], field)
    sentence = (
        "Plusieurs CDAS couvrent cette commune : choisissez celui du quartier."
        if covering
        else "Choisissez un CDAS, ou la commune du domicile."
    )
    raise InvalidInput({field: [sentence]}, rule="R-OR-1")
