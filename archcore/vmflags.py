"""The generic kernel's VMA flags that a protection depends on (include/linux/mm.h)."""

from __future__ import annotations

from enum import IntFlag


class VmFlags(IntFlag):
    """What a VMA allows and how it is shared."""

    VM_NONE = 0
    VM_READ = 1
    VM_WRITE = 2
    VM_EXEC = 4
    VM_SHARED = 8


VM_NONE, VM_READ, VM_WRITE = VmFlags.VM_NONE, VmFlags.VM_READ, VmFlags.VM_WRITE
VM_EXEC, VM_SHARED = VmFlags.VM_EXEC, VmFlags.VM_SHARED
VM_ACCESS_FLAGS = VM_READ | VM_WRITE | VM_EXEC
