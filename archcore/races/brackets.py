"""Notifier brackets, actor by actor: whoever takes an entry from secondary MMUs has one open."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from attrs import frozen

from archcore.mm.watch import NOTIFIERS

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from archcore.mm.engine import Engine

START, END = NOTIFIERS
TAKES = ("ptep_get_and_clear", "ptep_set_wrprotect")
HUGE_TAKES = ("pmdp_huge_get_and_clear", "pmdp_set_wrprotect", "pmdp_invalidate_ad")
WITHIN = (
    *("ptep_modify_prot_start", "ptep_set_access_flags", "pmdp_set_access_flags"),
    *("pmdp_invalidate", "pmdp_splitting_flush"),
)
"""Hooks that may call the others; what they come to is told by the store that follows."""

Span = tuple[int, int, int]


@frozen
class _Level:
    """The helpers of a level of entries, and how much memory one of them is about."""

    kind: str
    size: int

    def ask(self, engine: Engine, name: str, *given: Any) -> Any:  # noqa: ANN401 - any helper
        """Call a helper of the level."""
        return getattr(engine.hooks, f"{self.kind}_{name}")(*given)


class Brackets:
    """The ranges that each actor has announced, and what it does to entries outside of them.

    ``tell`` hears of the hook that took an entry, its frame or its right to write from a secondary
    MMU, without a bracket of the same actor about it, and of brackets that do not match. Nothing is
    looked at while ``looking`` says no.
    """

    def __init__(
        self, engine: Engine, looking: Callable[[], bool], tell: Callable[[str], None]
    ) -> None:
        """Stand behind the hooks that change entries."""
        self._engine, self._looking, self._tell = engine, looking, tell
        self._open: defaultdict[Hashable, list[Span]] = defaultdict(list)
        self._depth: Counter[Hashable] = Counter()
        small = _Level("pte", engine.geometry.page_size)
        self._wrap(START, self._begins)
        self._wrap(END, self._ends)
        for name in TAKES:
            self._wrap(name, self._taking(name, small))
        self._wrap("set_pte_at", self._storing("set_pte_at", small))
        self._wrap("ptep_modify_prot_commit", self._committing(small))
        if engine.huge is not None:
            huge = _Level("pmd", engine.huge.size)
            for name in HUGE_TAKES:
                self._wrap(name, self._taking(name, huge))
            self._wrap("set_pmd_at", self._storing("set_pmd_at", huge))
        for name in WITHIN:
            if engine.hooks.has(name):
                self._wrap(name, lambda *_: None)

    def left_open(self) -> bool:
        """Say whether anybody has begun a bracket and not ended it."""
        return any(self._open.values())

    def _actor(self) -> Hashable:
        seam = self._engine.seam
        return None if seam is None else seam.actor()

    def _wrap(self, name: str, look: Callable[..., None]) -> None:
        hook, depth = getattr(self._engine.hooks, name), self._depth

        def looked(*given: Any) -> Any:  # noqa: ANN401 - any hook
            if not self._looking():
                return hook(*given)
            actor = self._actor()
            if not depth[actor]:
                look(*given)
            depth[actor] += 1
            try:
                return hook(*given)
            finally:
                depth[actor] -= 1

        setattr(self._engine.hooks, name, looked)

    def _begins(self, mm: Any, start: int, end: int, *_: object) -> None:  # noqa: ANN401
        self._open[self._actor()].append((mm.tables.root, start, end))

    def _ends(self, mm: Any, start: int, end: int, *_: object) -> None:  # noqa: ANN401
        spans = self._open[self._actor()]
        if (mm.tables.root, start, end) in spans:
            spans.remove((mm.tables.root, start, end))
        else:
            self._tell(END)

    def _about(self, of: Any, address: int, level: _Level) -> bool:  # noqa: ANN401 - mm or VMA
        root = getattr(of, "vm_mm", of).tables.root
        end = address + level.size
        return any(
            at == root and start <= address and end <= last
            for at, start, last in self._open[self._actor()]
        )

    def _maps(self, level: _Level, word: int) -> bool:
        ask, engine = level.ask, self._engine
        mapped = not ask(engine, "none", word) and ask(engine, "present", word)
        return bool(mapped and (level.kind == "pte" or ask(engine, "trans_huge", word)))

    def _taking(self, name: str, level: _Level) -> Callable[..., None]:
        def look(of: Any, address: int, slot: Any) -> None:  # noqa: ANN401
            if self._maps(level, slot.load()) and not self._about(of, address, level):
                self._tell(name)

        return look

    def _storing(self, name: str, level: _Level) -> Callable[..., None]:
        def look(of: Any, address: int, slot: Any, new: int) -> None:  # noqa: ANN401
            old = slot.load()
            if not self._maps(level, old) or self._about(of, address, level):
                return
            pfn = level.ask(self._engine, "pfn", old)
            if not self._maps(level, new) or level.ask(self._engine, "pfn", new) != pfn:
                self._tell(name)

        return look

    def _committing(self, level: _Level) -> Callable[..., None]:
        def look(vma: Any, address: int, _: object, old: int, new: int) -> None:  # noqa: ANN401
            ask, engine = level.ask, self._engine
            if not self._maps(level, old) or ask(engine, "numa", vma, old):
                return
            lost = ask(engine, "write", old) and not ask(engine, "write", new)
            if (lost or ask(engine, "numa", vma, new)) and not self._about(vma, address, level):
                self._tell("ptep_modify_prot_commit")

        return look
