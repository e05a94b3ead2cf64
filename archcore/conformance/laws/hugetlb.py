"""Pages of hugetlbfs, which are changed by helpers of their own: row 28 of the kernel's table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archcore.conformance.capability import HUGE_PTE, HUGETLB, HUGETLB_LEAVES, LEAVES
from archcore.conformance.declare import law
from archcore.conformance.terms import every
from archcore.hookspecs import LEVELS
from archcore.words import negate, same

if TYPE_CHECKING:
    from archcore.conformance.mapping import Mapping
    from archcore.conformance.subject import Subject
    from archcore.words.types import Truth, Word

DEBUG = "mm/debug_vm_pgtable.c, Linux 6.1"
LOWEST = LEVELS[:1]


@law("hugetlb-marks", LEAVES, HUGETLB, levels=LOWEST, source=DEBUG)
def hugetlb_marks(on: Subject, made: Word) -> Truth:
    """A page of hugetlbfs can be made dirty, writable and not writable, as it is asked."""
    own: Any = on.own
    opened = own.huge_pte_mkwrite(own.huge_pte_wrprotect(made))
    closed = own.huge_pte_wrprotect(own.huge_pte_mkwrite(made))
    return every(
        (
            own.huge_pte_dirty(own.huge_pte_mkdirty(made)),
            own.huge_pte_write(opened),
            negate(own.huge_pte_write(closed)),
            negate(own.huge_pte_none(made)),
        )
    )


@law("hugetlb-page-is-huge", LEAVES, HUGE_PTE, levels=LOWEST, source=DEBUG)
def hugetlb_page_is_huge(on: Subject, made: Word) -> Truth:
    """A PTE can be made a huge page, and is then told from a small one."""
    own: Any = on.own
    return own.pte_huge(own.mkhuge(made))


@law("hugetlb-page-is-leaf", LEAVES, HUGETLB_LEAVES, levels=LEVELS[1:], source="mm/hugetlb.c")
def hugetlb_page_is_leaf(on: Subject, vma: Mapping, frame: Word) -> Truth:
    """A page that hugetlb makes with the helpers of a PTE is one to hardware and kernel alike."""
    plain = on.page.mkhuge(on.page.pfn_entry(frame, vma.vm_page_prot))
    entry = on.page.arch_make_huge_pte(plain, on.level.shift)
    return every((on.hw_leaf(entry), on.own.leaf(entry), same(on.own.pfn(entry), frame)))


@law("hugetlb-modify-is-modify", LEAVES, HUGETLB, levels=LOWEST, source="asm-generic/hugetlb.h")
def hugetlb_modify_is_modify(on: Subject, made: Word, mapping: Mapping) -> Truth:
    """A page of hugetlbfs takes another protection as a PTE does."""
    changed = on.own.huge_pte_modify(made, mapping.vm_page_prot)
    return same(changed, on.own.modify(made, mapping.vm_page_prot))
