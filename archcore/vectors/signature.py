"""What the arguments and the result of a helper are, one letter each, as vector files say it."""

from __future__ import annotations

from attrs import frozen

from archcore.hookspecs import LEVELS

ENTRIES = dict(zip("pmu", LEVELS, strict=True))
PROTECTION, STORED_SWAP, SWAP, TRUTH, FLAG = "g", "s", "S", "b", "f"
PLAIN = "ntovry"
LETTERS = frozenset((*ENTRIES, PROTECTION, STORED_SWAP, SWAP, TRUTH, FLAG, *PLAIN))
TRUTHS = frozenset((TRUTH, FLAG))
UNKNOWN = "n"

# Truth values among the arguments, for files that carry no signatures.
WITH_FLAGS = {
    **{f"{level}_accessible": f"b:{letter}f" for letter, level in ENTRIES.items()},
    **{f"{level}_access_permitted": f"b:{letter}f" for letter, level in ENTRIES.items()},
    "ptep_set_access_flags": "b:ppf",
    "ptep_set_access_flags:after": "p:ppf",
    "make_migration_entry_young": "S:Sf",
    "make_migration_entry_dirty": "S:Sf",
    "is_migration_entry_young": "b:Sf",
    "is_migration_entry_dirty": "b:Sf",
}


@frozen
class Signature:
    """The letter of the result, and those of the arguments."""

    result: str
    arguments: str

    @classmethod
    def parse(cls, written: object) -> Signature | None:
        """Return the signature written as ``result:arguments``; None if it is not one."""
        if not isinstance(written, str):
            return None
        result, colon, arguments = written.partition(":")
        fits = len(result) == 1 and colon and LETTERS.issuperset(result + arguments)
        return cls(result, arguments) if fits else None


def assumed(helper: str, arguments: int) -> Signature:
    """Return the signature of a helper in a file that does not say it."""
    known = Signature.parse(WITH_FLAGS.get(helper))
    if known is not None and len(known.arguments) == arguments:
        return known
    level = next((one for one, name in ENTRIES.items() if helper.startswith(f"{name}_")), UNKNOWN)
    return Signature(UNKNOWN, (level + UNKNOWN * arguments)[:arguments])
