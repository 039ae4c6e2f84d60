"""Keeps one architecture's machine code in a CUDA library, so that it packs small.

A library that runs on many GPUs holds each kernel once for each architecture. They lie in the ELF
section .nv_fatbin, one container after the other: a header (magic 0xBA55ED50, version, its own
length, the length of what follows), then entries, each with a header of its own (kind 1 for PTX, 2
for machine code; its length; the length of its payload; the architecture as 10·major + minor at
byte 28). The driver looks for the entry that fits the GPU and never reads the others, so their
payload may be zero: nothing moves, and zeros take no room in an archive. The layout is that of
NVIDIA's fatbinary header (fatbinary_section.h and fatBinaryCtl.h); cuobjdump lists the same entries.
"""

from __future__ import annotations

import mmap
import pathlib
import struct
from collections.abc import Iterator

MAGIC = 0xBA55ED50
SECTION = b".nv_fatbin"


class NoFatbin(Exception):
    """A sentence: what the file is not."""


def section(data: bytes | mmap.mmap, path: pathlib.Path | str = "the file") -> tuple[int, int] | None:
    """Where the section lies in a 64-bit little-endian ELF file, or None where there is none."""
    if data[:6] != b"\x7fELF\x02\x01":
        raise NoFatbin(f"{path} is not a 64-bit library for Linux.")
    (table,) = struct.unpack_from("<Q", data, 0x28)
    size, count, names = struct.unpack_from("<HHH", data, 0x3A)
    if table + size * count > len(data):
        raise NoFatbin(f"{path} ends before its table of sections: it is cut off.")
    headers = [struct.unpack_from("<IIQQQQ", data, table + i * size) for i in range(count)]
    start = headers[names][4]
    for name, _, _, _, offset, length in headers:
        if data[start + name : start + name + len(SECTION) + 1] == SECTION + b"\0":
            return offset, length
    return None


def entries(data: bytes | mmap.mmap, offset: int, length: int) -> Iterator[tuple[int, int, int, int]]:
    """Each entry as (kind, architecture, where its payload begins, its length)."""
    at, end = offset, offset + length
    while at < end:
        magic = struct.unpack_from("<I", data, at)[0] if at + 4 <= end else 0
        if magic == 0:  # containers are aligned
            at += 4
            continue
        if magic != MAGIC:
            raise NoFatbin(f"At byte {at} of the library there is no container of GPU code, but {magic:#x}.")
        _, _, header, inside = struct.unpack_from("<IHHQ", data, at)
        entry, at = at + header, at + header + inside
        while entry < at:
            kind, _, own, payload = struct.unpack_from("<HHIQ", data, entry)
            if own < 32 or entry + own + payload > at:
                raise NoFatbin(f"The entry of GPU code at byte {entry} is longer than its container.")
            (architecture,) = struct.unpack_from("<I", data, entry + 28)
            yield kind, architecture, entry + own, payload
            entry += own + payload


def architectures(path: pathlib.Path) -> dict[int, int]:
    """Bytes of machine code by architecture (90 is compute capability 9.0); empty without GPU code."""
    found: dict[int, int] = {}
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        place = section(data, path)
        for kind, architecture, _, payload in entries(data, *place) if place else ():
            if kind == 2:
                found[architecture] = found.get(architecture, 0) + payload
    return found


def runs(code: int, capability: int) -> bool:
    """Machine code for X.y runs on X.z with z ≥ y, and on no other major version."""
    return code // 10 == capability // 10 and code <= capability


def keep(path: pathlib.Path, capability: int) -> int:
    """Zeroes all GPU code that this GPU would not run, in place; returns the bytes that were zeroed."""
    available = architectures(path)
    if not available:
        return 0
    if not any(runs(code, capability) for code in available):
        have = ", ".join(f"{code // 10}.{code % 10}" for code in sorted(available))
        raise NoFatbin(f"{path.name} holds no code for {capability // 10}.{capability % 10}, but for {have}.")
    zeroed = 0
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as data:
        place = section(data, path)
        # Listed first: the headers stay, and only payloads are written over.
        for kind, architecture, begin, payload in list(entries(data, *place)):
            if kind != 2 or not runs(architecture, capability):
                data[begin : begin + payload] = bytes(payload)
                zeroed += payload
    return zeroed
