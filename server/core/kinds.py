"""What bytes from outside are, told by how they begin and never by a file's name or a claimed type."""

_OTHERS = {
    b"%PDF": "a PDF", b"%!PS": "PostScript", b"PK\x03\x04": "a ZIP archive", b"\x1f\x8b": "a gzip archive",
    b"BM": "a BMP picture", b"II*\x00": "a TIFF picture", b"MM\x00*": "a TIFF picture", b"8BPS": "a Photoshop file",
    b"\x00\x00\x01\x00": "an icon file", b"\xff\x0a": "a JPEG XL picture", b"\x00\x00\x00\x0cJXL ": "a JPEG XL picture",
    b"\x00\x00\x00\x0cjP": "a JPEG 2000 picture", b"\x1aE\xdf\xa3": "a film", b"OggS": "sound or film", b"ID3": "sound",
}  # fmt: skip
_MOVING = {
    b"heic": "a HEIC picture", b"heix": "a HEIC picture", b"mif1": "a HEIF picture", b"avif": "an AVIF picture",
    b"isom": "a film", b"mp42": "a film", b"qt  ": "a film", b"iso5": "a film",
}  # fmt: skip


def picture_kind(data: bytes) -> str | None:
    """Pillow's name for the kinds of picture that are decoded here; None for anything else."""
    if data[:3] == b"\xff\xd8\xff":
        return "JPEG"
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return "PNG"
    if data[:6] in (b"GIF87a", b"GIF89a"):
        return "GIF"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    return "AVIF" if data[4:12] in (b"ftypavif", b"ftypavis") else None


def described(data: bytes) -> str:
    """What the bytes seem to be, in words for a person: "a web page (HTML)", "a PDF", "nothing (no bytes at all)"."""
    if not data:
        return "nothing (no bytes at all)"
    for start, name in _OTHERS.items():
        if data.startswith(start):
            return name
    if data[4:8] == b"ftyp":
        return _MOVING.get(data[8:12], "a film or a kind of picture")
    return _text(data[:1000].removeprefix(b"\xef\xbb\xbf").lstrip().lower())


def _text(start: bytes) -> str:
    if b"<svg" in start:
        return "an SVG drawing"
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<script", b"<!--")):
        return "a web page (HTML)"
    if start.startswith(b"<"):
        return "XML"
    if start.startswith((b"{", b"[")):
        return "JSON"
    return (
        "text" if start and all(byte >= 32 or byte in b"\t\r\n" for byte in start) else "something of an unknown kind"
    )
