"""From bytes to clean text: transfer encodings and charsets, those declared and those really used."""

import binascii
import codecs
import re
import unicodedata

from service.workflows.plain_text import without_piles

MAX_TEXT = 200_000
"""Characters kept of a text: about a hundred pages."""

_SINGLE_BYTE = {"ascii", "iso8859-1", "cp1252"}
_TEXT_CODECS = re.compile(r"(ascii|utf|iso|cp\d|koi8|gb|big5|shift|euc|mac|hz|tis|johab|ptcp)")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=\s]|\w \w")
_CONTROLS = {code: None for code in (*range(32), *range(127, 160)) if chr(code) not in "\n\t"}
_INVISIBLE = dict.fromkeys(
    (0xAD, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), 0x2060, *range(0x2066, 0x206A), 0xFEFF)
)
_LINE_ENDS = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_JOINERS = re.compile(r"(?<=[\x00-\u024f])[\u200c\u200d]+")
_BLANK_LINES = re.compile(r"\n{4,}")
_UU_END = (b"end", b"`")


def decode_transfer(data: bytes, encoding: str) -> bytes:
    """The bytes before their transfer encoding; what can not be decoded comes back as it is."""
    name = encoding.strip().lower()
    if name.startswith("base64"):
        return decode_base64(data)
    if name.startswith("quoted"):
        return binascii.a2b_qp(data)
    if "uu" in name:
        return _decode_uu(data)
    return data


def decode_base64(data: bytes) -> bytes:
    """Decoded base64, cut or badly padded included; text that is not base64 comes back as it is."""
    foreign = len(_NOT_BASE64.findall(data))
    if foreign * 50 > len(data):
        return data
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        kept = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
        whole = kept[: len(kept) - (len(kept) % 4 == 1)]
        return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))


def decode_text(data: bytes, declared: str | None) -> str:
    """Text of bytes whose charset is declared, rightly or wrongly or not. Never fails, « � » at worst."""
    codec = _codec(declared)
    if _looks_utf16(data) and not (codec or "").startswith("utf-32"):
        return _as_utf16(data)
    if codec and codec.startswith(("utf-16", "utf-32")) and b"\0" not in data and _is_utf8(data):
        codec = "utf-8"
    if codec in _SINGLE_BYTE or codec is None:
        return data.decode("utf-8") if _is_utf8(data) else data.decode("cp1252", "replace")
    if codec.startswith("utf-8"):
        return _mostly_utf8(data)
    return data.decode(codec, "replace")


def clean(text: str, limit: int = MAX_TEXT) -> str:
    """One kind of line end, composed accents, no control or invisible character, `limit` long."""
    text = _LINE_ENDS.sub("\n", text[: limit * 2]).translate(_CONTROLS).translate(_INVISIBLE)
    text = without_piles(_JOINERS.sub("", text))
    text = text.encode("utf-8", "replace").decode("utf-8")
    text = unicodedata.normalize("NFC", text)[:limit]
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return _BLANK_LINES.sub("\n\n\n", lines).strip("\n")


def clean_line(text: str, limit: int) -> str:
    """As `clean`, on one line."""
    return " ".join(clean(text, limit * 2).split())[:limit].strip()


def is_gibberish(text: str) -> bool:
    """Whether decoding gave no text a person could read."""
    lost = text.count("\ufffd") + sum(
        text.count(chr(code)) for code in range(32) if chr(code) not in "\n\r\t\f\v"
    )
    return lost * 10 > max(len(text), 20)


def _codec(declared: str | None) -> str | None:
    name = (declared or "").strip().strip("\"'<>").lower()
    if not name.isascii() or not name.isprintable() or len(name) > 40:
        return None
    try:
        codec = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    return codec if _TEXT_CODECS.match(codec) else None


def _looks_utf16(data: bytes) -> bool:
    """Latin text in UTF-16 has one NUL in two bytes, always at the same place."""
    head = data[:2000]
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return True
    even, odd = head[0::2].count(0), head[1::2].count(0)
    return max(even, odd) * 5 > len(head) * 2 and min(even, odd) * 20 < len(head)


def _as_utf16(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    little = data[1:2000:2].count(0) > data[0:2000:2].count(0)
    return data.decode("utf-16-le" if little else "utf-16-be", "replace")


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _mostly_utf8(data: bytes) -> str:
    """UTF-8 with a few broken bytes stays UTF-8; where most accents are broken it was Windows-1252."""
    text = data.decode("utf-8-sig", "replace")
    broken = text.count("\ufffd")
    if broken and broken * 2 > sum(1 for char in text[:MAX_TEXT] if char > "\x7f"):
        return data.decode("cp1252", "replace")
    return text


def _decode_uu(data: bytes) -> bytes:
    lines = data.splitlines()
    start = next((n for n, line in enumerate(lines) if line.startswith(b"begin ")), None)
    if start is None:
        return data
    decoded = []
    for line in lines[start + 1 :]:
        if line.strip() in _UU_END:
            break
        try:
            decoded.append(binascii.a2b_uu(line))
        except binascii.Error:
            continue
    return b"".join(decoded)
