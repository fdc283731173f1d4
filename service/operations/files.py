"""What a joined file may be: PDF, JPEG or PNG by its content, whatever its name says."""

import hashlib
import io
import re
import warnings
from dataclasses import dataclass

from PIL import Image, UnidentifiedImageError

from service.errors import InvalidInput, TooLarge
from service.workflows import nir
from service.workflows.plain_text import plain
from service.workflows.submission import NIR_SENTENCE

MAX_BYTES = 10 * 1024 * 1024
TOO_LARGE, SMALLER = "Ce fichier dépasse 10 Mo.", "Réduisez-le, ou joignez-le en plusieurs parties."
MAX_PIXELS = 60_000_000
LONGEST_NAME = 120
_ENDINGS = {
    "application/pdf": (".pdf",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
}
_HIDDEN = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Accepted:
    """A file that may be kept. `sha256` is of the content; `filename` is clean."""

    filename: str
    content: bytes
    content_type: str
    sha256: bytes


def accept(filename: str, content: bytes) -> Accepted:
    """The file, checked. Refuses more than 10 MB, a NIR in its name (R-DP-7), and what `content_type` refuses."""
    if len(content) > MAX_BYTES:
        raise TooLarge(TOO_LARGE, advice=SMALLER)
    name = clean_name(filename)
    if nir.find(name):
        raise InvalidInput({"file": [NIR_SENTENCE]}, rule="R-DP-7")
    return Accepted(name, content, content_type(filename, content), hashlib.sha256(content).digest())


def content_type(filename: str, content: bytes) -> str:
    """The type read from the content; refuses anything else, a name that says otherwise, and pixel bombs."""
    found = _type_of(content)
    if found is None:
        raise _refused("Ce fichier n’est ni un PDF, ni une image JPEG ou PNG, quel que soit son nom.")
    if not clean_name(filename).lower().endswith(_ENDINGS[found]):
        raise _refused(
            f"Le nom du fichier ne correspond pas à son contenu ({_ENDINGS[found][0][1:].upper()})."
        )
    if found.startswith("image/"):
        _check_image(content)
    return found


def clean_name(filename: str) -> str:
    """The last part of the name, without control or direction characters, 120 characters at most."""
    last = re.split(r"[\\/]", plain(filename[-LONGEST_NAME * 4 :]))[-1]
    return _HIDDEN.sub("", last).strip(" .")[-LONGEST_NAME:] or "fichier"


def _type_of(content: bytes) -> str | None:
    if content.startswith(b"%PDF-") and b"%%EOF" in content[-2048:]:
        return "application/pdf"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    return None


def _check_image(content: bytes) -> None:
    # Only the header is read first: a pixel bomb is refused before a byte of it is unpacked.
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise _refused("Cette image est trop grande (plus de 60 millions de points).")
                image.verify()
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
            raise _refused("Cette image est trop grande (plus de 60 millions de points).") from bomb
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as broken:
            raise _refused("Cette image est abîmée : elle ne s’ouvre pas.") from broken


def _refused(sentence: str) -> InvalidInput:
    return InvalidInput(
        {"file": [sentence]},
        detail=sentence,
        rule="R-DP-7",
        advice="Joignez un PDF, un JPEG ou un PNG de 10 Mo au plus.",
    )
