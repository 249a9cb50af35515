"""One small document of each kind. The process that reads them first has loaded all that reading the real one needs."""

import io
import zipfile
from itertools import pairwise

from knowledge.extraction.kinds import Kind
from knowledge.extraction.reading import Limits, read_document

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_DOCX = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{_WORD_TYPE}.document.main+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>'
    ),
    "word/document.xml": (
        f'<w:document xmlns:w="{_WORD}"><w:body>'
        '<w:p><w:pPr><w:pStyle w:val="a"/></w:pPr><w:r><w:t>Hours</w:t></w:r></w:p>'
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Monday</w:t></w:r></w:p></w:tc></w:tr></w:tbl><w:sectPr/></w:body></w:document>"
    ),
}
_PDF = (
    b"<</Type/Catalog/Pages 2 0 R>>",
    b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
    b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
    b"<</Length 35>>stream\nBT /F 9 Tf 9 9 Td (Hours) Tj ET    \nendstream",
    b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
)
_TEXTS = (
    b"<!doctype html><title>Hours</title><body><h1>Hours</h1><table><tr><td>Monday<td>9</table>",
    b"Day,Hours\nMonday,9\n",
    b"# Hours\n\n- **Monday**\n\n| a | b |\n|---|---|\n| 1 | 2 |\n",
    b"HOURS\n\nMonday .... 9\nTuesday .... 10\n",
    "Überprüfung café £65 – naïve. ".encode("cp1252") * 20,
)


def rehearse(kind: Kind | None) -> None:
    """Read a small document of this kind, or of each kind of text."""
    samples: tuple[bytes, ...] = ()
    if kind == Kind.DOCX:
        samples = (_docx(),)
    elif kind == Kind.PDF:
        samples = (_pdf(),)
    elif kind == Kind.TEXT:
        samples = _TEXTS
    for sample in samples:
        read = read_document(sample, limits=Limits(most_pages=1, most_chars=10_000), progress=_tell_nobody)
        list(read.blocks)


def _tell_nobody(done: int, total: int) -> None:
    """Of a rehearsal's progress."""


def _docx() -> bytes:
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in _DOCX.items():
                archive.writestr(name, text)
        return file.getvalue()


def _pdf() -> bytes:
    objects = [b"%d 0 obj%s\nendobj\n" % (number, body) for number, body in enumerate(_PDF, start=1)]
    places = [9]
    for body in objects:
        places.append(places[-1] + len(body))
    table = b"".join(b"%010d 00000 n \n" % start for start, _ in pairwise(places))
    end = b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % places[-1]
    return b"%PDF-1.4\n" + b"".join(objects) + b"xref\n0 6\n0000000000 65535 f \n" + table + end
