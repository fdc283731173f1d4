"""The form of a mail that was not delivered: where to send it again."""

from service.schemas.accounts import Email
from service.schemas.fields import Input


class SendAgain(Input):
    """The address, corrected or not."""

    recipient = Email(required=True, metadata={"label": "Adresse", "widget": "email"})
