"""The sound architecture broken once for each law, in the order of the laws."""

from __future__ import annotations

from mutants import BY_NAME
from mutants_of_entries import OF_ENTRIES
from mutants_of_hints import OF_HINTS
from mutants_of_huge_pages import OF_HUGE_PAGES
from mutants_of_protections import OF_PROTECTIONS
from mutants_of_swap import OF_SWAP
from mutants_of_trials import OF_TRIALS

ROOMS = (OF_ENTRIES, OF_PROTECTIONS, OF_HINTS, OF_HUGE_PAGES, OF_SWAP, OF_TRIALS)
_PLACES = list(BY_NAME)
MUTANTS = tuple(
    sorted((one for room in ROOMS for one in room), key=lambda one: _PLACES.index(one.laws[0]))
)
