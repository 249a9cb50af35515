"""Texts of clinics, made safe to stand in a prompt: they open no template, end no section and start no rule of ours."""

import re

INSTRUCTIONS_START = "<clinic_instructions>"
INSTRUCTIONS_END = "</clinic_instructions>"

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_HEADING = re.compile(r"^[ \t]*#+[ \t]*", re.MULTILINE)
_OUR_MARKS = re.compile(
    r"</?\s*clinic_instructions\s*>|<!--|-->|\[\s*/?\s*knowledge\s+base\s+context\s*\]", re.IGNORECASE
)
_BLANK_LINES = re.compile(r"\n{3,}")
# Vapi renders what an agent says and is told as Liquid templates: what a person types must not be one.
_TEMPLATE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_BRACES = str.maketrans({"{": "(", "}": ")"})


def clean_text(text: str) -> str:
    """Paragraphs as a person typed them, without templates, headings and the marks that delimit sections."""
    lines = _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    cleaned = _TEMPLATE.sub("", lines).translate(_BRACES)
    # Taking a mark out may leave another one behind: until there is none.
    while (fewer := _OUR_MARKS.sub("", cleaned)) != cleaned:
        cleaned = fewer
    return _BLANK_LINES.sub("\n\n", _HEADING.sub("", cleaned)).strip()


def clean_line(text: str) -> str:
    """The same on one line, for names and facts."""
    return " ".join(clean_text(text).split())


def delimit(text: str) -> str:
    """A clinic's own instructions between marks that they cannot contain; "" when there are none."""
    cleaned = clean_text(text)
    return f"{INSTRUCTIONS_START}\n{cleaned}\n{INSTRUCTIONS_END}" if cleaned else ""
