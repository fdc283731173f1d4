"""What « Tout marquer comme lu » sends."""

from service.schemas.fields import Input, Instant


class SeenUntil(Input):
    """The instant at which the page was made."""

    until = Instant(required=True)
