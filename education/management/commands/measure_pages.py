"""Print how much each page asks of its reader."""

from typing import Any

from django.core.management.base import BaseCommand

from education.documents.body import Body
from education.documents.load import documents_of
from education.documents.measure import blocks_of, faq_words, first_section_words, page_words, reading_grade
from education.documents.targets import Targets


class Command(BaseCommand):
    help = "Print the words (closed parts left out), the words of the first section and the reading grade of each page."

    def handle(self, *args: Any, **options: Any) -> None:
        documents = documents_of("en")
        said = Targets.of(documents).said
        pages = sorted((row for row in documents if row.kind == "pages"), key=lambda row: row.meta["number"])
        self.stdout.write(f"{'page':<22} words  first  grade")
        for page in pages:
            grade = reading_grade(blocks_of(page, said))
            words, first = page_words(page, said), first_section_words(page, said)
            self.stdout.write(f"{page.name:<22} {words:>5}  {first:>5}  {grade:>5}")
        answers = [row for row in documents if row.kind == "faq"]
        blocks = [block for row in answers for block in Body.of(row.body).sentences(said)]
        longest = max((faq_words(row, said) for row in answers), default=0)
        self.stdout.write(f"{'faq':<22} longest answer {longest} words, grade {reading_grade(blocks)}")
