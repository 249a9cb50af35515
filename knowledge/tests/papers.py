"""Documents as clinics have them, and as nobody should, made by code."""

import io
import zipfile
import zlib
from functools import cache

from docx import Document
from fpdf import FPDF

HEADERS = [("Treatment", "Price", "Time")]
FEES = [
    ("New patient examination with two small X-rays and a scale and polish at the end", "£65", "40 minutes"),
    ("Hygienist", "£72", "30 minutes"),
    ("White filling", "from £120", "45 minutes"),
]


def _pdf(**options: str) -> FPDF:
    pdf = FPDF()
    if options:
        pdf.set_encryption(**options)
    pdf.add_page()
    pdf.set_font("helvetica", size=11)
    return pdf


@cache
def price_list_pdf() -> bytes:
    """Headings, a paragraph, a table with a wrapped cell, a list."""
    pdf = _pdf()
    pdf.set_font("helvetica", "B", 18)
    pdf.cell(0, 12, "Riverside Dental fees", new_x="LMARGIN", new_y="NEXT")
    pdf.set_font("helvetica", "", 11)
    pdf.multi_cell(
        0, 6, "These are our fees. They include each visit that a treatment needs, un-\nless it says otherwise."
    )
    pdf.ln(4)
    with pdf.table(col_widths=(60, 20, 40)) as table:
        for fees in HEADERS + FEES:
            row = table.row()
            for cell in fees:
                row.cell(cell)
    pdf.ln(4)
    pdf.set_font("helvetica", "B", 11)
    pdf.cell(0, 8, "Cancelling", new_x="LMARGIN", new_y="NEXT")
    pdf.set_font("helvetica", "", 11)
    for item in ("- Tell us two days before.", "- Otherwise we charge £40."):
        pdf.multi_cell(0, 6, item, new_x="LMARGIN", new_y="NEXT")
    return bytes(pdf.output())


def encrypted_pdf(*, password: str) -> bytes:
    """A PDF that opens with a password; with an empty one it only may not be changed."""
    pdf = _pdf(owner_password="owner", user_password=password)
    pdf.cell(0, 10, "Our prices are open")
    return bytes(pdf.output())


def scanned_pdf() -> bytes:
    """A page without a letter on it."""
    pdf = _pdf()
    pdf.rect(10, 10, 50, 50)
    return bytes(pdf.output())


def pdf_of(stream: bytes, *, pages: int = 1) -> bytes:
    """A PDF whose pages all draw the same content, which is packed."""
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[" + b"3 0 R " * pages + b"]/Count %d>>" % pages,
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    body, places = b"%PDF-1.4\n", []
    for number, item in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj%s\nendobj\n" % (number, item)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(body)
    return body + b"xref\n0 6\n0000000000 65535 f \n" + table + end


def bomb_pdf() -> bytes:
    """A megabyte that unpacks to a thousand."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    megabyte = packer.compress(b" " * 1_000_000) + packer.flush(zlib.Z_FULL_FLUSH)
    return pdf_of(b"\x78\x9c" + megabyte * 1_000 + packer.flush())


def bomb_docx() -> bytes:
    """A Word file that says of one part that it unpacks to 300 MB."""
    file = bytearray(archive({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>", "word/media/a": b"0"}))
    size = file.rfind(b"PK\x01\x02") + 24
    file[size : size + 4] = (300 * 1024 * 1024).to_bytes(4, "little")
    return bytes(file)


@cache
def aftercare_docx() -> bytes:
    """Headings, a list, a table and an address in the foot."""
    document = Document()
    document.add_heading("Aftercare", 0)
    document.add_paragraph("Do not eat for two hours.")
    document.add_heading("Extractions", 2)
    for item in ("Bite on the gauze", "No smoking"):
        document.add_paragraph(item, style="List Bullet")
    table = document.add_table(3, 2)
    for row, cells in enumerate((("Item", "Price"), ("Gauze", "£3"), ("Rinse", "£5"))):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    document.sections[0].footer.paragraphs[0].text = "12 High Street, Leeds"
    with io.BytesIO() as file:
        document.save(file)
        return file.getvalue()


def archive(parts: dict[str, bytes]) -> bytes:
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
            for name, content in parts.items():
                packed.writestr(name, content)
        return file.getvalue()


def docx_with(main: str) -> bytes:
    """The Word file with another main part."""
    with zipfile.ZipFile(io.BytesIO(aftercare_docx())) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    return archive({**parts, "word/document.xml": main.encode()})


def markdown_file() -> bytes:
    return b"# Prices\n\nA **scale and polish** costs 65 pounds.\n\n- Monday\n- [Tuesday](https://x.example)\n"
