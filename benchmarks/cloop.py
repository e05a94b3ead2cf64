"""The C loop of bulk.c, compiled for this machine when it is asked for."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from archcore.words.arrays import Words
    from archcore.words.rewrite import Rewrite

SOURCE = Path(__file__).with_name("bulk.c")
FLAGS = ("-O3", "-march=native", "-shared", "-fPIC")
UNITS = {32: ctypes.c_uint32, 64: ctypes.c_uint64}


@cache
def compiled() -> ctypes.CDLL | None:
    """Return the compiled loops, None without a C compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        compiled = Path(folder, "bulk.so")
        subprocess.run([compiler, *FLAGS, "-o", compiled, SOURCE], check=True)
        return ctypes.CDLL(str(compiled))


def loop(rewrite: Rewrite, words: Words) -> Callable[[], int] | None:
    """Return what applies a rewrite in place where its condition holds; None without a compiler."""
    found = compiled()
    if found is None:
        return None
    width = rewrite.keep.width
    unit = UNITS[width]
    function = found[f"arm_uint{width}_t"]
    function.argtypes = [ctypes.c_void_p, ctypes.c_size_t, unit, unit, unit, unit]
    function.restype = ctypes.c_size_t
    condition = rewrite.condition
    masks = (condition.mask, condition.ones, rewrite.keep, rewrite.flip)
    values = [mask.value for mask in masks]
    return lambda: int(function(words.ctypes.data, len(words), *values))
