"""Reading of incoming mail: bytes in, a frozen record out (workflows.md §1, R-UD-2, R-DP-7).

    message = read(raw, received_at)          # IncomingMessage, or Unreadable to keep aside whole
    fields = recognise(message.content, message.subject, message.written_on)

Pure: no database, no web, no clock. Never raises, whatever the bytes. NIR are masked before anything is
returned. From the bytes to the record: `mime` (parts, attachments) on `decoding` (encodings, charsets),
`headers` and `html_text`; then `conversation` (new, forwarded, quoted), `automatic` and `contact_form`;
`reading` puts it together. `recognition` finds the fields of the request in the text, with `people`,
`situation`, `labelled` and `french_values`.
"""

from service.notifications.incoming.message import (
    Attachment,
    AutomaticReason,
    IncomingMessage,
    Undelivered,
    Unreadable,
    UnreadableReason,
)
from service.notifications.incoming.reading import read
from service.notifications.incoming.recognition import RecognisedFields, recognise

__all__ = [
    "Attachment",
    "AutomaticReason",
    "IncomingMessage",
    "RecognisedFields",
    "Undelivered",
    "Unreadable",
    "UnreadableReason",
    "read",
    "recognise",
]
