"""A rule's reason in one grammar: what it is, why it counts, what to do."""

import re
from collections.abc import Collection, Iterable

from msgspec import Struct

from intake.definition.model import Definition
from intake.response.response import Response

FIRST_STOP = re.compile(r"[.:] ")  # a semicolon may stand between the words of a list
ADDED = re.compile(r"(?:^|[.?] )(\([^()]*\))$")  # what the answers of this form add, as in '(answered No)'
EDGES = " .:;,"


class Reason(Struct, frozen=True):
    """What staff read of a flag; `why` may be empty."""

    what: str
    why: str = ""
    do: str = ""


def read_reason(definition: Definition, rule: str, reason: str = "", given: Collection[str] = ()) -> Reason:
    """Return the parts of a reason as it was filled in, else of the rule's own; the version says which part is to do.

    `given` names what the form already holds, so that nothing asks for it again.
    """
    known = definition.rules.get(rule)
    if known is None:
        return Reason(reason or rule)
    todo = definition.to_do(known)
    said = ". ".join(_without(reason or known.reason, todo.do))
    added = " ".join(ADDED.findall(said))
    what, why = (*FIRST_STOP.split(ADDED.sub("", said), maxsplit=1), "")[:2]
    do = todo.given if todo.asks in given else todo.do
    return Reason(" ".join(filter(None, (what.strip(EDGES), added))), _capital(why).strip(EDGES), do)


def _without(reason: str, do: str) -> list[str]:
    """Return what stands before, between and after what is to be done; a reason that says nothing else is kept."""
    pieces = re.split(rf"(?:^|[.:;,])?\s*(?<!\w){re.escape(do)}(?!\w)[.;]?", reason, flags=re.IGNORECASE)
    return [_capital(words) for piece in pieces if (words := piece.strip(EDGES))] or [reason]


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def answered_beside(response: Response, paths: Iterable[str]) -> frozenset[str]:
    """Return the questions that are answered in every row that the paths lead into."""
    rows = {path.rpartition(".")[0] for path in paths} - {""}
    found = [
        {path.rpartition(".")[2] for path, value in response.enabled.items() if path.startswith(f"{row}.") and value}
        for row in rows
    ]
    return frozenset(set.intersection(*found)) if found else frozenset()
