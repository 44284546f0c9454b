"""What a check found."""

from msgspec import Struct

from education.documents.files import ContentError, Document


class Problem(Struct, frozen=True):
    """What is wrong in a document: in which field, and with which words or on which line of its text, from 0."""

    field: str
    text: str
    words: str = ""
    line: int | None = None

    def error(self, document: Document) -> ContentError:
        """Return it as what is wrong in a file."""
        if self.field == "body" and self.line is not None:
            return ContentError(document.path, document.body_line + self.line, self.text)
        return ContentError(document.path, document.line_of(self.words or f"{self.field}:"), self.text)

    def __str__(self) -> str:
        return self.text if self.line is None else f"Line {self.line + 1}: {self.text}"
