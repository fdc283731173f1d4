"""What the page of a list sends to ask what has moved."""

from service.schemas.fields import Input, Instant


class MadeAt(Input):
    """The instant at which the page was made."""

    depuis = Instant(required=True)
