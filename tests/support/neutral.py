"""A scanner for what the core must not know: architectures, their bits, nameless masks."""

from __future__ import annotations

import ast
import io
import re
import tokenize

from attrs import frozen

ARCHITECTURES = """
    x86 i[3-6]86 ia32 ia64 amd64 intel itanium arm32 arm64 armv[0-9]+ aarch(32|64)? ppc(32|64)?(le)?
    powerpc(64)? book3s(32|64)? radix riscv(32|64)? s390x? mips(32|64)?(el)? sparc(32|64)?
    loongarch(32|64)? m68k parisc csky hexagon microblaze nios2 openrisc xtensa
"""
# A name may stand inside a longer one, where an underscore or a capital sets it off.
NAMES = "|".join(ARCHITECTURES.split())
NAME = re.compile(
    rf"(?<![A-Za-z0-9])(?i:{NAMES})(?![a-z0-9])|(?<=[a-z0-9])(?=[A-Z])(?i:{NAMES})(?![a-z0-9])"
)
# The kernel's verb for making a hint is "to arm"; these are the ways the architecture is written.
ARM = re.compile(
    r"""\bARM\b | \b(?i:arm)[ -]v?[0-9] | (?<=[a-z,]\ )Arm\b | \barch/arm\b
    | \barchcore[_-]arm\b | \b(?:on|under)\ arm\b | ^["']arm["']$""",
    re.VERBOSE,
)
# PTE markers are generic code's.
BIT = re.compile(r"\b_PAGE_[A-Z]\w*|\bPTE_(?!MARKER)[A-Z]\w*")
BITWISE = (ast.BitAnd, ast.BitOr, ast.BitXor)
SMALL = 3


@frozen
class Finding:
    """What stands in a line that must not, and the name it is assigned to if there is one."""

    path: str
    line: int
    what: str
    name: str = ""

    def __str__(self):
        """Show the place as editors read it."""
        return f"{self.path}:{self.line}: {self.what}"


def architectures(text):
    """Return the architecture and bit names in a text."""
    return [found.group() for pattern in (NAME, ARM, BIT) for found in pattern.finditer(text)]


def in_names(path):
    """Yield the architecture names in a path."""
    for part in path.removesuffix(".py").split("/"):
        for name in [*architectures(part), *(["arm"] if part == "arm" else [])]:
            yield Finding(path, 0, f"the file is named after {name}")


def in_text(path, text):
    """Yield the architecture names in code, strings and comments, token by token."""
    if not path.endswith(".py"):
        for at, line in enumerate(text.splitlines(), 1):
            yield from (Finding(path, at, f"names {name}") for name in architectures(line))
        return
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        for offset, line in enumerate(token.string.splitlines()):
            for name in architectures(line):
                yield Finding(path, token.start[0] + offset, f"names {name}")


def in_numbers(path, text):
    """Yield numbers that look like masks: hexadecimal or binary, shifted, or beside an operator."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.NUMBER and re.match("0[xXbBoO]", token.string):
            yield Finding(path, token.start[0], f"literal mask {token.string}")
    for statement, node in _nodes(ast.parse(text)):
        if isinstance(node, ast.BinOp) and _is_mask(node):
            yield Finding(path, node.lineno, f"literal mask {ast.unparse(node)}", statement)


def _is_mask(node):
    if isinstance(node.op, ast.LShift):
        return _number(node.left) and _number(node.right, SMALL)
    return isinstance(node.op, BITWISE) and (_number(node.left, 2) or _number(node.right, 2))


def _number(node, least=1):
    return isinstance(node, ast.Constant) and type(node.value) is int and node.value >= least


def _nodes(tree, name=""):
    """Yield each node with the name that its value is assigned to."""
    for child in ast.iter_child_nodes(tree):
        inner = _target(child) or name
        yield inner, child
        yield from _nodes(child, inner)


def _target(node):
    if isinstance(node, ast.Assign):
        return ast.unparse(node.targets[0])
    if isinstance(node, ast.AnnAssign):
        return ast.unparse(node.target)
    return node.name if isinstance(node, ast.FunctionDef | ast.ClassDef) else ""


def in_imports(path, text):
    """Yield imports of architectures and plugins."""
    for node in ast.walk(ast.parse(text)):
        modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for module in modules:
            if re.match(r"archcore_|arches\b|plugins\b", module):
                yield Finding(path, node.lineno, f"imports {module}")
