"""Small files to join: a PDF and a PNG that say they are worth nothing."""

import io
from functools import lru_cache
from random import Random

from PIL import Image, ImageDraw

_TITLES = (
    "attestation de loyer",
    "RIB",
    "déclaration de ressources",
    "courrier de la Caf",
    "certificat de scolarité",
    "attestation d’hébergement",
)
_NOTICE = "Document de démonstration, sans valeur"


def some_file(rng: Random) -> tuple[str, bytes, str | None]:
    """A file's name and content; what a picture shows, in words."""
    title = rng.choice(_TITLES)
    if rng.random() < 0.3:
        return f"photo {title}.png", _picture(title), f"Une page photographiée, lisible : {title}."
    return f"{title}.pdf", _document(title), None


@lru_cache
def _document(title: str) -> bytes:
    """One page with two lines of text."""
    shown = f"BT /F 18 Tf 72 760 Td ({title}) Tj 0 -28 Td /F 11 Tf ({_NOTICE}) Tj ET"
    content = shown.replace("’", "'").encode("cp1252")
    bodies = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )
    written, places = b"%PDF-1.4\n", list[int]()
    for number, body in enumerate(bodies, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(bodies) + 1
    return written + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (size, table, size, len(written))
    )


@lru_cache
def _picture(title: str) -> bytes:
    """A sheet of paper on a table, in a few colours."""
    image = Image.new("P", (420, 300), 0)
    image.putpalette([188, 170, 148, 252, 252, 248, 60, 60, 70])
    draw = ImageDraw.Draw(image)
    draw.rectangle((40, 24, 380, 276), fill=1)
    draw.text((64, 48), title.encode("ascii", "replace").decode(), fill=2)
    draw.text((64, 72), _NOTICE.encode("ascii", "replace").decode(), fill=2)
    for line in range(7):
        draw.line((64, 112 + 20 * line, 356 - 23 * (line % 3), 112 + 20 * line), fill=2)
    written = io.BytesIO()
    image.save(written, "PNG", optimize=True)
    return written.getvalue()
