"""Which hooks the engine itself calls, in order."""

from __future__ import annotations


def called(built, act, watched):
    """Return the hooks that the engine itself calls meanwhile, in order."""
    hooks, heard, inside = built.engine.hooks, [], [False]

    def listening(name, hook):
        def listened(*given):
            if inside[0]:
                return hook(*given)
            heard.append(name)
            inside[0] = True
            try:
                return hook(*given)
            finally:
                inside[0] = False

        return listened

    kept = {name: getattr(hooks, name) for name in watched if hooks.has(name)}
    for name, hook in kept.items():
        setattr(hooks, name, listening(name, hook))
    act()
    for name, hook in kept.items():
        setattr(hooks, name, hook)
    return heard
