"""A set of entry numbers of one file, a bit each: a million rows take 125 kB."""

from __future__ import annotations


class Entries:
    """Numbers from 0 that were added; in the order of reading, without repeats."""

    __slots__ = ("_bits", "count")

    def __init__(self) -> None:
        self._bits = bytearray()
        self.count = 0

    def add(self, entry: int) -> None:
        """Add a number; again is once."""
        byte, bit = entry >> 3, 1 << (entry & 7)
        if byte >= len(self._bits):
            self._bits.extend(bytes(byte + 1 - len(self._bits)))
        if not self._bits[byte] & bit:
            self._bits[byte] |= bit
            self.count += 1

    def update(self, other: Entries) -> None:
        """Add all numbers of another."""
        longest = max(len(self._bits), len(other._bits))
        self._bits.extend(bytes(longest - len(self._bits)))
        for byte, bits in enumerate(other._bits):
            self._bits[byte] |= bits
        self.count = int.from_bytes(self._bits, "little").bit_count()

    def __contains__(self, entry: int) -> bool:
        byte = entry >> 3
        return byte < len(self._bits) and bool(self._bits[byte] >> (entry & 7) & 1)
