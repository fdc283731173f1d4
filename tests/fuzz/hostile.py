"""What somebody who means harm, or a broken machine, sends: forms, files and mails, drawn by chance."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from urllib.parse import quote_plus

from bs4 import BeautifulSoup, Tag

TEXTS: tuple[str, ...] = (
    "",
    " ",
    "\0",
    "a\0b",
    "\r\nX-Relais: oui",
    "\u202egpj.exe",
    "\ufeff\u200b\u2066",
    "\ud7ff\ue000\uffff",
    "e" + "\u0301" * 3000,
    "😀" * 500,
    "x" * 20_000,
    "1" * 400,
    "-1",
    "0",
    "99999999999999999999",
    "1e309",
    "NaN",
    "²",
    "٣",
    "2026-02-30",
    "0000-00-00",
    "9999-12-31",
    "-0001-01-01",
    "25:61",
    "00000000-0000-0000-0000-000000000000",
    "99999999-9999-4999-8999-999999999999",
    "on",
    "true",
    "null",
    "[]",
    '{"$ne": null}',
    "' OR '1'='1",
    "1; DROP TABLE ticket--",
    "%' ESCAPE '",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{7*7}}{% raw %}${7*7}#{7*7}",
    "%s%n%x",
    "../../etc/passwd",
    "//evil.example",
    "=cmd|' /C calc'!A0",
    "cdas-vitre",
    "UD-0000-0000",
    "Ordinaire",
)
_NAMES = (
    "",
    "csrf_token",
    "version",
    "form_key",
    "reference",
    "__proto__",
    "id",
    "state",
    "holder_id",
    "a" * 500,
)
_TYPES = (
    "text/plain",
    "application/json",
    "application/xml",
    "multipart/form-data",
    "",
    "x/y; charset=utf-7",
)


@dataclass(frozen=True)
class Form:
    """A form of a page: where it goes, and what each field may hold."""

    action: str
    fields: Mapping[str, Sequence[str]]
    multipart: bool


@dataclass(frozen=True)
class Sent:
    """A body as it goes over the wire."""

    body: bytes
    content_type: str


def forms_of(page: str, address: str) -> list[Form]:
    """The forms of a page that change something."""
    found = BeautifulSoup(page, "html.parser").select("form[method=post]")
    return [
        Form(str(form.get("action") or address), _fields(form), form.get("enctype") == "multipart/form-data")
        for form in found
    ]


def _fields(form: Tag) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for one in form.select("[name]"):
        values = [str(option.get("value", "")) for option in one.select("option")] or [
            str(one.get("value", ""))
        ]
        fields.setdefault(str(one["name"]), []).extend(values)
    return fields


def posted(form: Form, chance: Random) -> Sent:
    """The form filled by somebody, then spoilt in one to four ways, and sent as some client would."""
    pairs = [(name, _right(name, values, chance)) for name, values in form.fields.items()]
    for _ in range(chance.randrange(1, 5)):
        chance.choice(_SPOILING)(pairs, chance)
    if form.multipart or chance.random() < 0.1:
        return _multipart(pairs, chance)
    body = "&".join(f"{quote_plus(name, errors='replace')}={_quoted(value, chance)}" for name, value in pairs)
    usual = "application/x-www-form-urlencoded"
    return Sent(body.encode(), usual if chance.random() < 0.95 else chance.choice(_TYPES))


def _right(name: str, values: Sequence[str], chance: Random) -> str:
    given = chance.choice(values)
    if given or name == "csrf_token":
        return given
    return chance.choice(("Essai", "2026-11-17", "3", "1234567", "Une phrase entière."))


Pairs = list[tuple[str, str]]


def _spoil(pairs: Pairs, chance: Random) -> None:
    _put(pairs, chance, chance.choice(TEXTS))


def _leave_out(pairs: Pairs, chance: Random) -> None:
    if pairs:
        del pairs[chance.randrange(len(pairs))]


def _double(pairs: Pairs, chance: Random) -> None:
    if pairs:
        pairs.append((chance.choice(pairs)[0], chance.choice(TEXTS)))


def _add(pairs: Pairs, chance: Random) -> None:
    pairs.append((chance.choice(_NAMES), chance.choice(TEXTS)))


def _as_a_list(pairs: Pairs, chance: Random) -> None:
    if pairs:
        place = chance.randrange(len(pairs))
        pairs[place] = (f"{pairs[place][0]}[]", pairs[place][1])


def _many(pairs: Pairs, chance: Random) -> None:
    pairs.extend((f"n{number}", "x") for number in range(chance.choice((5, 300, 1200))))


def _put(pairs: Pairs, chance: Random, value: str) -> None:
    others = [place for place, (name, _) in enumerate(pairs) if name != "csrf_token"]
    if others:
        place = chance.choice(others)
        pairs[place] = (pairs[place][0], value)


_SPOILING: tuple[Callable[[Pairs, Random], None], ...] = (
    *([_spoil] * 6),
    _leave_out,
    _double,
    _add,
    _as_a_list,
    _many,
)


def _quoted(value: str, chance: Random) -> str:
    if chance.random() < 0.05:
        return chance.choice(("%FF%FE", "%", "%zz", "%ED%A0%80", "%C3"))
    return quote_plus(value, errors="replace")


def _multipart(pairs: Pairs, chance: Random) -> Sent:
    parts = [
        f'--limit\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode(
            errors="replace"
        )
        for name, value in pairs
    ]
    name, content = a_file(chance)
    head = f'--limit\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
    parts.append(f"{head}Content-Type: application/pdf\r\n\r\n".encode(errors="replace") + content + b"\r\n")
    body = b"".join(parts) + b"--limit--\r\n"
    if chance.random() < 0.15:
        body = body[: chance.randrange(len(body))]
    return Sent(body, "multipart/form-data; boundary=limit")


# ---------------------------------------------------------------- files
NAMES = (
    "piece.pdf",
    "photo.jpg",
    "scan.png",
    "a.pdf.exe",
    "a.PDF.",
    "../../../etc/cron.d/x.pdf",
    "C:\\temp\\a.pdf",
    "\u202efdp.exe",
    "a\0.pdf",
    "x" * 400 + ".pdf",
    "a;b=c.pdf",
    "",
    ".htaccess",
    "é\u0301à.png",
    "<b>.svg",
)


def a_file(chance: Random) -> tuple[str, bytes]:
    """A name and a content, which seldom go together."""
    content = chance.choice(_CONTENTS)(chance)
    if chance.random() < 0.2 and content:
        content = content[: chance.randrange(len(content))]
    return chance.choice(NAMES), content


def _bomb(chance: Random) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(chance.randrange(1, 4)):
            archive.writestr(f"word/document{number}.xml", b"0" * 3_000_000)
    return packed.getvalue()


def _png(width: int, height: int, data: bytes) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(data))
        + chunk(b"IEND", b"")
    )


_PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
_CONTENTS: tuple[Callable[[Random], bytes], ...] = (
    lambda _chance: _PDF,
    lambda _chance: _PDF.replace(b"/Catalog", b"/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>"),
    lambda _chance: b"<html><script>alert(1)</script>" + _PDF,
    lambda _chance: _PDF + b"<script>alert(1)</script>",
    lambda chance: _png(
        chance.choice((1, 60_000, 2**31 - 1)), chance.choice((1, 60_000, 2**31 - 1)), b"\0" * 900
    ),
    lambda _chance: _png(4, 4, b"\0" * 5_000_000),
    lambda chance: b"\xff\xd8\xff\xe0" + chance.randbytes(2_000) + b"\xff\xd9",
    lambda _chance: b"\xff\xd8\xff\xe1\xff\xffExif\0\0" + b"MM\0*" + b"\xff" * 600,
    lambda _chance: b"GIF89a/*" + b"\0" * 100 + b"*/=alert(1)//",
    lambda _chance: b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    lambda _chance: b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>',
    _bomb,
    lambda chance: chance.randbytes(chance.choice((0, 1, 40, 4_000))),
    lambda _chance: b"%PDF-" + b"9" * 60_000,
    lambda _chance: b"\0" * 400_000,
)


# ---------------------------------------------------------------- mails
def a_mail(corpus: Sequence[bytes], pieces: Sequence[bytes], chance: Random) -> bytes:
    """A message of the corpus cut, mixed with another, with pieces put in; one in six carries a hostile file."""
    raw = bytearray(chance.choice(corpus))
    for _ in range(chance.randrange(1, 7)):
        place = chance.randrange(len(raw) + 1)
        match chance.randrange(5):
            case 0:
                del raw[place : place + chance.randrange(1, 400)]
            case 1:
                raw[place:place] = chance.choice(pieces)
            case 2:
                raw[place : place + 1] = chance.randbytes(3)
            case 3:
                raw[place:place] = raw[place : place + 200] * chance.randrange(1, 4)
            case _:
                raw[place:] = chance.choice(corpus)[place:]
    if chance.random() < 1 / 6:
        name, content = a_file(chance)
        boundary = b"Content-Type: multipart/mixed; boundary=limit\r\n\r\n--limit\r\n\r\n"
        head = f'\r\n--limit\r\nContent-Disposition: attachment; filename="{name}"\r\n\r\n'.encode(
            errors="replace"
        )
        raw = (
            bytearray(b"From: essai@demo.example\r\nSubject: URGENCE DEFINIE\r\n")
            + boundary
            + raw
            + head
            + content
        )
    return bytes(raw)
