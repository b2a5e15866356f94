"""The domain's "no": a code, the provision it rests on, and the facts; worded once for every surface."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Wording:
    """How a refusal reads to a person. Both texts may use the facts as ``{name}``."""

    what: str
    todo: str
    status: int
    is_traced: bool = False


WORDINGS: dict[str, Wording] = {}


def wording(code: str, *, what: str, todo: str, status: int = 409, is_traced: bool = False) -> str:
    """Declare how a refusal code reads; returns the code, so that modules keep it in a constant.

    ``status`` is the HTTP status a surface answers with: 404 unknown, 403 not allowed, 409 wrong state, 422 bad input.
    The gate records an event that a traced refusal happened, and nothing of what was refused.
    """
    if code in WORDINGS:
        raise ValueError(f"refusal {code} is worded twice")
    WORDINGS[code] = Wording(what, todo, status, is_traced)
    return code


@dataclass(frozen=True)
class Explanation:
    """A refusal in words: what is wrong, where, on which provision, what to do."""

    code: str
    what: str
    where: str
    provision: str
    todo: str
    status: int


class Refused(Exception):
    """A lawful no. ``citation`` names the provision ("" where the house rule itself is the ground).

    Facts fill the wording; the fact ``where`` names the place (a field, a file, a line, a record).
    """

    def __init__(self, code: str, citation: str = "", /, **facts: object) -> None:
        if code not in WORDINGS:
            raise KeyError(f"refusal {code} has no wording")
        super().__init__(code)
        self.code = code
        self.citation = citation
        self.facts = facts

    def explain(self) -> Explanation:
        """The refusal in words for people and for problem+json."""
        words = WORDINGS[self.code]
        facts = _Facts(self.facts)
        return Explanation(
            code=self.code,
            what=words.what.format_map(facts),
            where=str(self.facts.get("where", "")),
            provision=self.citation,
            todo=words.todo.format_map(facts),
            status=words.status,
        )

    def __str__(self) -> str:
        told = self.explain()
        place = told.where and f"位置：{told.where}"
        ground = told.provision and f"依据：{told.provision}"
        parts = [told.what, place, ground, told.todo]
        return " ".join(part for part in parts if part)


class _Facts(dict[str, object]):
    """Facts for a wording; one that is missing reads as empty instead of failing the answer itself."""

    def __missing__(self, key: str) -> str:
        return ""
