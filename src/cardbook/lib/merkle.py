"""A Merkle tree in the shape of RFC 6962/9162 with SM3: what the ledger's checkpoints are made of.

The sealer appends with a `Frontier`; proofs come from a `Tree`; anyone verifies with the two
`verify_` functions and nothing else (architecture, section 4, Proof).

Everything here takes leaf hashes; `leaf_hash` makes one from the bytes of an event.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cardbook.lib.sm import sm3

HASH_BYTES = 32
_SIZE_BYTES = 8
EMPTY_ROOT = sm3(b"")


def leaf_hash(data: bytes) -> bytes:
    """This function will hash one entry: SM3(0x00 || data)."""
    return sm3(b"\x00" + data)


def node_hash(left: bytes, right: bytes) -> bytes:
    """This function will hash two subtrees: SM3(0x01 || left || right)."""
    return sm3(b"\x01" + left + right)


@dataclass(frozen=True, slots=True)
class Frontier:
    """The right edge of a growing tree: the roots of its perfect subtrees, largest first.

    All that is needed to append and to know the root, about 32 bytes x log2(size).
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        """Refuse an edge that cannot be.

        :raises ValueError: when the number of peaks does not fit the size.
        """
        if self.size < 0 or self.size.bit_count() != len(self.peaks):
            raise ValueError("frontier does not fit its size")
        if any(len(peak) != HASH_BYTES for peak in self.peaks):
            raise ValueError("frontier holds something that is not a hash")

    def extend(self, leaves: Iterable[bytes]) -> "Frontier":
        """This function will append leaf hashes in order and return the new edge."""
        size, peaks = self.size, list(self.peaks)
        for leaf in leaves:
            joined, level = leaf, size
            while level & 1:
                joined = node_hash(peaks.pop(), joined)
                level >>= 1
            peaks.append(joined)
            size += 1
        return Frontier(size, tuple(peaks))

    def root(self) -> bytes:
        """The root of the tree so far; of an empty tree, SM3 of nothing."""
        if not self.peaks:
            return EMPTY_ROOT
        joined = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            joined = node_hash(peak, joined)
        return joined

    def to_bytes(self) -> bytes:
        """The edge as 8 bytes size and 32 bytes a peak."""
        return self.size.to_bytes(_SIZE_BYTES, "big") + b"".join(self.peaks)

    @classmethod
    def from_bytes(cls, stored: bytes) -> "Frontier":
        """This function will read an edge back.

        :raises ValueError: when it was cut or does not fit its size.
        """
        if len(stored) < _SIZE_BYTES or (len(stored) - _SIZE_BYTES) % HASH_BYTES:
            raise ValueError("stored frontier is cut")
        starts = range(_SIZE_BYTES, len(stored), HASH_BYTES)
        peaks = tuple(stored[start : start + HASH_BYTES] for start in starts)
        return cls(int.from_bytes(stored[:_SIZE_BYTES], "big"), peaks)


def root_of(leaves: Iterable[bytes]) -> bytes:
    """This function will return the root over leaf hashes."""
    return Frontier().extend(leaves).root()


class Tree:
    """All leaves in memory with their inner hashes, to make many proofs from."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        """Hash every perfect subtree once; 64 bytes a leaf."""
        self._levels: list[Sequence[bytes]] = [leaves]
        while len(below := self._levels[-1]) > 1:
            pairs = range(0, len(below) - 1, 2)
            self._levels.append([node_hash(below[at], below[at + 1]) for at in pairs])
        self.size = len(leaves)

    def root(self, size: int | None = None) -> bytes:
        """The root of the first `size` leaves, of all when left out.

        :raises ValueError: when the tree is not that large.
        """
        end = self.size if size is None else size
        self._require(0 <= end <= self.size)
        return self._range(0, end) if end else EMPTY_ROOT

    def inclusion_proof(self, index: int, *, size: int | None = None) -> tuple[bytes, ...]:
        """This function will prove that leaf `index` is in the tree of the first `size` leaves.

        :raises ValueError: when there is no such leaf.
        """
        end = self.size if size is None else size
        self._require(0 <= index < end <= self.size)
        start, path = 0, list[bytes]()
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                path.append(self._range(middle, end))
                end = middle
            else:
                path.append(self._range(start, middle))
                start = middle
        return tuple(reversed(path))

    def consistency_proof(self, old: int, *, size: int | None = None) -> tuple[bytes, ...]:
        """This function will prove that the first `old` leaves were only ever appended to.

        :raises ValueError: when `old` is larger than the tree.
        """
        end = self.size if size is None else size
        self._require(0 <= old <= end <= self.size)
        if old in (0, end):
            return ()
        start, path = 0, list[bytes]()
        while old != end:
            middle = start + _split(end - start)
            if old <= middle:
                path.append(self._range(middle, end))
                end = middle
            else:
                path.append(self._range(start, middle))
                start = middle
        if start:
            path.append(self._range(start, end))
        return tuple(reversed(path))

    def _range(self, start: int, end: int) -> bytes:
        count = end - start
        if count & (count - 1) == 0 and start % count == 0:
            return self._levels[count.bit_length() - 1][start // count]
        middle = start + _split(count)
        return node_hash(self._range(start, middle), self._range(middle, end))

    @staticmethod
    def _require(holds: bool) -> None:
        if not holds:
            raise ValueError("no such leaf or tree size")


def _split(count: int) -> int:
    """The largest power of two below `count`."""
    return 1 << ((count - 1).bit_length() - 1)


def verify_inclusion(
    *, leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """This function will say whether `proof` ties a leaf hash to a root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, joined = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            joined = node_hash(sibling, joined)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            joined = node_hash(joined, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and joined == root


def verify_consistency(
    *, old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """This function will say whether a tree only grew between two roots (RFC 9162, 2.1.4.2)."""
    if not 0 <= old_size <= new_size:
        return False
    if old_size == new_size:
        return not proof and old_root == new_root
    if old_size == 0:
        return not proof and old_root == EMPTY_ROOT
    path = list(proof)
    if old_size & (old_size - 1) == 0:
        path.insert(0, old_root)
    if not path:
        return False
    return _walk(path, old_size - 1, new_size - 1) == (old_root, new_root)


def _walk(path: list[bytes], place: int, last: int) -> tuple[bytes, bytes] | None:
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return None
        if place & 1 or place == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        place, last = place >> 1, last >> 1
    return (old, new) if last == 0 else None
