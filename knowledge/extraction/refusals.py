"""How a reader says that it cannot read a document; the words for people are in `knowledge.problems`."""


class Unreadable(Exception):
    """The document cannot be read. `code` is the code of a `Problem`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
