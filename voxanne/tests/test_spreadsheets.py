"""Cells that a spreadsheet takes for what they are."""

import pytest

from voxanne.spreadsheets import safe_cell


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""), (12, "12"), ("+447700900123", "+447700900123"), ("-12.5", "-12.5"), ("Ana", "Ana"), ("", ""),
        ("=1+1", "'=1+1"), ("+1+1", "'+1+1"), ("-cmd", "'-cmd"), ("@a", "'@a"), ("  =1", "'  =1"), ("\r=1", "'\r=1"),
        ("a\0b", "ab"), ("a=b", "a=b"),
    ],
)  # fmt: skip
def test_formulas_become_words_and_numbers_stay(value, cell):
    assert safe_cell(value) == cell
