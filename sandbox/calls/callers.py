"""Invented callers. Their numbers are from the range that Ofcom keeps for drama."""

import random
from dataclasses import dataclass

from sandbox.json_types import JsonObject, as_object

FIRST_NAMES = ("Ana", "Ben", "Chloe", "Daniel", "Elena", "Femi", "Grace", "Harun", "Isla", "Jonas", "Keira", "Liam",
               "Maya", "Noah", "Olivia", "Priya", "Rosa", "Sam", "Tessa", "Yusuf")  # fmt: skip
LAST_NAMES = ("Reyes", "Okoye", "Whitfield", "Marsh", "Kowalska", "Adeyemi", "Doyle", "Haddad", "Sinclair", "Berg",
              "Lindqvist", "Patel", "Novak", "Thorne", "Carver", "Iyer", "Moreau", "Ellison", "Demir")  # fmt: skip


@dataclass(frozen=True)
class Caller:
    """The person on the other end of the line."""

    name: str
    number: str

    @property
    def first_name(self) -> str:
        """What friends call them."""
        return self.name.split()[0]

    @property
    def spoken_number(self) -> str:
        """The number as it is said at home, in groups: 07700 900 123."""
        if not self.number.startswith("+44"):
            return self.number
        national = f"0{self.number[3:]}"
        return f"{national[:5]} {national[5:8]} {national[8:]}"


def invent_caller(rng: random.Random, given: JsonObject) -> Caller:
    """Return a caller with the name and number that were asked for, the rest made up from the generator."""
    name = f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}"
    number = f"+447700900{rng.randrange(1000):03d}"
    known = as_object(given)
    return Caller(name=str(known.get("name") or name), number=str(known.get("number") or number))
