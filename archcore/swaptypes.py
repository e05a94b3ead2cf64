"""What the swap types above the real swap areas mean: they depend on a kernel's configuration."""

from __future__ import annotations

from attrs import frozen


@frozen(kw_only=True)
class SwapTypes:
    """The numbers of include/linux/swap.h and swapops.h for one kernel and configuration.

    Types are numbers from ``max_swapfiles`` up; None where the configuration has no such type.
    ``pfn_bits`` (SWP_PFN_BITS) are the offset bits a frame takes; ``migration_ad`` says whether
    young and dirty of a migration entry stand above them. ``type_bits`` are the bits of a
    swp_entry_t above SWP_TYPE_SHIFT: 7 until Linux 4.19, 6 since 3159f943aafd (4.20).
    """

    max_swapfiles: int
    hwpoison: int | None
    migration_read: int
    migration_read_exclusive: int | None
    migration_write: int
    pte_marker: int | None
    swapin_error: int | None
    device_write: int | None = None
    device_read: int | None = None
    device_exclusive_write: int | None = None
    device_exclusive_read: int | None = None
    pfn_bits: int
    migration_ad: bool
    type_bits: int = 6
