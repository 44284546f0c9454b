"""Made-up people who fill a questionnaire in, whichever it is: for a desk to try things out on."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from msgspec import Struct

from intake.definition.model import Answer, Definition, Item, Option
from intake.response.response import Response

FIRST = ("Alex", "Bo", "Casey", "Dana", "Emery", "Frankie", "Gray", "Harper", "Indigo", "Jamie", "Kai", "Lee", "María")
LAST = ("Abbott", "Brandt", "Cruz", "Delacroix", "Ellery", "Fontaine", "Gray-Holt", "Hsu", "Ibarra", "Jones", "Łukas")
# How often somebody says more than 'no'; most people have little to tell.
KINDS = ((0.01, 4), (0.05, 4), (0.15, 2))
MOST_PASSES = 30

Loud = frozenset[tuple[str, str]]  # answers that a rule waits for, each with its question


class Person(Struct, frozen=True):
    """Somebody made up. The telephone numbers are of the range that is kept for fiction."""

    random: Random
    name: str
    birth: date
    trouble: float
    mood: float  # how high the longest score comes out: people come because they feel low
    other: float  # and the others


def make_person(random: Random, today: date) -> Person:
    name = f"{random.choice(FIRST)} {random.choice(LAST)}"
    trouble = random.choices([kind for kind, _often in KINDS], [often for _kind, often in KINDS])[0]
    birth = today - timedelta(days=random.randint(20 * 365, 75 * 365))
    return Person(
        random, name, birth, trouble, random.choice((0.4, 0.6, 0.8)), random.choice((0.1, 0.1, 0.1, 0.1, 0.6))
    )


def fill_in(definition: Definition, person: Person) -> Response:
    """Answer every question that comes up, until nothing that must be answered is missing."""
    answers: dict[str, Answer] = {}
    loud = waited_for(definition)
    left: set[str] = set()  # rows, and texts nobody needs: what stands beside them answers as well
    for _pass in range(MOST_PASSES):
        walk = Response(definition, answers).walk
        open_now = [
            asked for asked in walk if asked.value is None and asked.path not in answers and asked.path not in left
        ]
        for asked in open_now:
            said = "" if asked.item.items else answer(definition, asked.item, person, loud)
            if said == "":
                left.add(asked.path)
            else:
                answers[asked.path] = said
        if not open_now:
            break
    return Response(definition, answers)


def answer(definition: Definition, item: Item, person: Person, loud: Loud) -> Answer:
    if item.role in BY_ROLE:
        return BY_ROLE[item.role](person)
    if item.link_id in definition.teach_back:
        return definition.teach_back[item.link_id].correct
    if item.options:
        is_named = any(question == item.link_id for question, _code in loud)
        if any(option.score for option in item.options) and not is_named:
            return score(definition, item, person)
        return choose(item, person, loud)
    by_type = BY_TYPE.get(item.type)
    return by_type(item, person) if by_type else ""


def choose(item: Item, person: Person, loud: Loud) -> Answer:
    """Say the quiet thing mostly: what no rule waits for, and then no, nothing of these, or the fewest points."""
    chosen = min(item.options, key=lambda option: loudness(item, option, loud))
    if person.random.random() < person.trouble:
        chosen = person.random.choice(item.options)
    return [chosen.code] if item.repeats else chosen.code


def score(definition: Definition, item: Item, person: Person) -> Answer:
    """Say what gives about the points that this person has."""
    longest = max((one.sum for one in definition.scores.values()), key=len)
    level = person.mood if item.link_id in longest else person.other
    options = sorted(item.options, key=lambda option: option.score or 0)
    return options[min(len(options) - 1, int(level * person.random.uniform(0.6, 1.4) * len(options)))].code


def loudness(item: Item, option: Option, loud: Loud) -> tuple[bool, bool, int]:
    is_no = option.code == "no" or option.is_exclusive
    return (item.link_id, option.code) in loud, not is_no, option.score or 0


def waited_for(definition: Definition) -> Loud:
    """Return the answers, each with its question, that a rule or the showing of a question waits for."""
    conditions = [rule.when for rule in definition.rules.values() if rule.when]
    found = set()
    for entry in (entry for condition in conditions for entry in condition.entries()):
        if entry.operator == "=":
            found.add((entry.question, str(entry.expected)))
        elif entry.operator == "!=" and entry.question in definition.questions:
            codes = {option.code for option in definition.questions[entry.question].options} - {str(entry.expected)}
            found |= {(entry.question, code) for code in codes}
    return frozenset(found)


def quantity(item: Item, person: Person) -> Answer:
    """Take a number from the lower part of what is possible, where most people are."""
    low = float(item.minimum.value) if item.minimum else 0
    high = float(item.maximum.value) if item.maximum else 100
    value = round(low + (high - low) * person.random.uniform(0.26, 0.34))
    return {"value": value, "unit": item.units[0] if item.units else ""}


def phone(person: Person) -> str:
    return f"(202) 555-01{person.random.randint(0, 99):02d}"


def measure(low: int, high: int, unit: str) -> Callable[[Person], Answer]:
    return lambda person: {"value": person.random.randint(low, high), "unit": unit}


BY_ROLE: dict[str, Callable[[Person], Answer]] = {
    "legal-name": lambda person: person.name,
    "preferred-name": lambda person: person.name.split()[0],
    "signature": lambda person: person.name,
    "birth-date": lambda person: person.birth.isoformat(),
    "phone": phone,
    "address": lambda person: f"{person.random.randint(2, 98)} Elm Street, Springfield",
    "emergency-name": lambda person: f"Sam {person.name.split()[-1]}",
    "emergency-phone": phone,
    "escort-name": lambda person: f"Sam {person.name.split()[-1]}",
    "escort-phone": phone,
    "email": lambda person: f"{person.name.split()[0].lower()}@example.org".replace("í", "i"),
    "weight": measure(52, 118, "kg"),
    "height": measure(152, 192, "cm"),
}
BY_TYPE: dict[str, Callable[[Item, Person], Answer]] = {
    "boolean": lambda item, person: True,
    "date": lambda item, person: person.birth.isoformat(),
    "quantity": quantity,
    "integer": lambda item, person: person.random.randint(0, 5),
    "decimal": lambda item, person: person.random.randint(0, 5),
    "string": lambda item, person: "none" if item.takes_none_words else f"Morgan {person.random.choice(LAST)}",
    "text": lambda item, person: "none" if item.takes_none_words else "",
}
