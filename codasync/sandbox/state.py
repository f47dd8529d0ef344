"""What the sandbox must not forget between two starts: its day, its secrets, what was acknowledged.

`State` is one value; a change is a function from the old one to the new one, handed to a `Memory`. `InMemory` keeps it
in the process; the one in `folder.py` keeps it in a file that several processes may change.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Protocol

LIVE, SPENT, REPLACED = "live", "spent", "replaced"


class TokenRefused(Exception):
    """A one-time token is worth nothing; the text says why."""


@dataclass(frozen=True, slots=True)
class State:
    """All that is remembered. `acknowledged` maps "kind/feed id" to the last acknowledged index of that feed."""

    seed: int
    start: date
    day: date
    port: int
    software_company: str
    username: str
    password: str
    tokens: Mapping[str, str] = field(default_factory=dict)
    acknowledged: Mapping[str, str] = field(default_factory=dict)

    def with_token(self, token: str) -> "State":
        """Make `token` the live one; an older one is worth nothing from now on."""
        older = {old: REPLACED if fate == LIVE else fate for old, fate in self.tokens.items()}
        return replace(self, tokens=older | {token: LIVE})

    def spending(self, token: str) -> "State":
        """Spend `token`; raises TokenRefused when it is unknown, spent or replaced by a newer one."""
        reasons = {
            None: "This token does not exist.",
            SPENT: "This token has already been used.",
            REPLACED: "This token was replaced by a newer one.",
        }
        fate = self.tokens.get(token)
        if fate != LIVE:
            raise TokenRefused(reasons[fate])
        return replace(self, tokens={**self.tokens, token: SPENT})

    def with_acknowledged(self, feed: str, index: str) -> "State":
        """Note `index` as the last acknowledged entry of `feed`."""
        return replace(self, acknowledged={**self.acknowledged, feed: index})

    def without_acknowledged(self, feed: str) -> "State":
        """Forget what was acknowledged in `feed`."""
        return replace(self, acknowledged={key: value for key, value in self.acknowledged.items() if key != feed})


Change = Callable[[State], State]


class Memory(Protocol):
    """Where the state is kept."""

    def read(self) -> State:
        """Return the present state."""

    def update(self, change: Change) -> State:
        """Apply `change` and return the new state; nobody else changes it in between."""


class InMemory:
    """A memory that ends with the process."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._lock = threading.Lock()

    def read(self) -> State:
        """Return the present state."""
        return self._state

    def update(self, change: Change) -> State:
        """Apply `change` and return the new state; nobody else changes it in between."""
        with self._lock:
            self._state = change(self._state)
            return self._state
