"""Bugs planted into the engine's source, a function at a time, for as long as a test runs."""

from __future__ import annotations
import __future__

import inspect
import sys
import textwrap
from importlib import import_module

from attrs import frozen


@frozen
class Slip:
    """What is written otherwise: a function, as module.name, the words there, and others."""

    function: str
    old: str
    new: str

    def plant(self, monkeypatch):
        """Let the engine run the function with the slip; raises AssertionError if it is gone."""
        module_name, _, name = self.function.rpartition(".")
        module = import_module(f"archcore.mm.{module_name}")
        function = getattr(module, name)
        source = textwrap.dedent(inspect.getsource(function))
        assert source.count(self.old) == 1, f"{self.old!r} is not once in {self.function}"
        flags = __future__.annotations.compiler_flag
        code = compile(source.replace(self.old, self.new), module.__file__, "exec", flags)
        made = {}
        exec(code, vars(module), made)  # noqa: S102 - the engine's own source
        for each in [one for key, one in sys.modules.items() if key.startswith("archcore.")]:
            if vars(each).get(name) is function:
                monkeypatch.setattr(each, name, made[name])
