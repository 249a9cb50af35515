"""Why a document could not be read, in sentences for staff: what happened, then what to do."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One reason, and how often it is tried before it counts as final."""

    code: str
    sentence: str
    most_attempts: int = 1


MOST_ATTEMPTS = 4

ENCRYPTED = Problem("encrypted", "This file is protected with a password. Save it without one and upload it again.")
SCANNED = Problem(
    "scanned",
    "This PDF holds pictures of pages and no text. Upload the document that it was made from, or a copy with "
    "recognised text (OCR).",
)
CORRUPT = Problem("corrupt", "This file is damaged: it cannot be opened. Save or export it anew and upload that.")
EMPTY = Problem("empty", "There is no text in this file that callers could be told.")
UNSUPPORTED = Problem(
    "unsupported",
    "We read PDF, Word (.docx), text, Markdown, HTML and CSV files. Whatever its name says, this is none of them.",
)
OLD_WORD = Problem("old_word", "This is a file of an old version of Word (.doc). Save it as .docx and upload that.")
TOO_MANY_PAGES = Problem("too_many_pages", "This document has more than 500 pages. Split it into parts.")
TOO_MUCH_TEXT = Problem("too_much_text", "This document holds more text than we take. Split it into parts.")
BOMB = Problem("unpacks_too_large", "This file unpacks to far more than a document holds. We have not opened it.")
TOO_SLOW = Problem(
    "too_slow", "Reading this file took too long, so we stopped. Save it in a simpler form, or split it.", 2
)
TOO_HUNGRY = Problem(
    "too_hungry", "Reading this file took more memory than we give to one. Save it in a simpler form, or split it."
)
CRASHED = Problem(
    "crashed", "This file could not be read: our reader stopped in the middle. Save or export it anew.", 2
)
INTERRUPTED = Problem(
    "interrupted", "Reading this file stopped again and again. Save it in a simpler form, and upload that."
)
NOT_STORED = Problem("not_stored", "The file could not be read from our storage. We have been told.", MOST_ATTEMPTS)
LOST = Problem("file_lost", "The file is not in our storage any more. Upload it again.", 2)
NO_KEY = Problem("no_key", "Your clinic's keys could not be read, so the file stays closed.", MOST_ATTEMPTS)

NOT_PUBLIC = Problem(
    "address_not_public", "This address leads into a private network. Only pages that anybody can open are imported."
)
NO_SUCH_HOST = Problem("no_such_host", "There is no site of this name. Check the address.", 2)
UNREACHABLE = Problem("unreachable", "The page could not be reached. Check the address, or try again later.", 3)
PAGE_TOO_SLOW = Problem("page_too_slow", "The page took longer than ten seconds. Try again later.", 3)
PAGE_TOO_LARGE = Problem("page_too_large", "The page is larger than 5 MB. Paste the part that matters as a text.")
PAGE_GONE = Problem("page_gone", "There is no page at this address. Check it in a browser.")
PAGE_REFUSED = Problem("page_refused", "The site did not let us read this page. Paste what it says as a text.", 2)
NOT_HTML = Problem("not_html", "This address is not a web page. Download the file and upload it instead.")
TOO_MANY_REDIRECTS = Problem("too_many_redirects", "The page sends us on again and again. Give its final address.")
NOT_SECURE = Problem("not_secure", "The page sends us on to an address that is not secure (https).")
