"""The tree against the recursive definition of RFC 6962, written here a second time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardbook.lib.merkle import (
    EMPTY_ROOT,
    Frontier,
    Tree,
    leaf_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from cardbook.lib.sm import sm3

LEAVES = [leaf_hash(bytes([number])) for number in range(70)]
SIZES = st.integers(1, 70)


def naive_root(entries: list[bytes]) -> bytes:
    if not entries:
        return sm3(b"")
    if len(entries) == 1:
        return sm3(b"\x00" + entries[0])
    half = 1
    while half * 2 < len(entries):
        half *= 2
    return sm3(b"\x01" + naive_root(entries[:half]) + naive_root(entries[half:]))


def naive_path(index: int, entries: list[bytes]) -> list[bytes]:
    if len(entries) == 1:
        return []
    half = 1
    while half * 2 < len(entries):
        half *= 2
    if index < half:
        return [*naive_path(index, entries[:half]), naive_root(entries[half:])]
    return [*naive_path(index - half, entries[half:]), naive_root(entries[:half])]


def naive_subproof(old: int, entries: list[bytes], whole: bool) -> list[bytes]:
    if old == len(entries):
        return [] if whole else [naive_root(entries)]
    half = 1
    while half * 2 < len(entries):
        half *= 2
    if old <= half:
        return [*naive_subproof(old, entries[:half], whole), naive_root(entries[half:])]
    return [*naive_subproof(old - half, entries[half:], False), naive_root(entries[:half])]


ENTRIES = [bytes([number]) for number in range(70)]


@given(st.lists(st.binary(max_size=5), max_size=70))
def test_root_is_the_recursive_one(entries: list[bytes]) -> None:
    hashes = [leaf_hash(entry) for entry in entries]
    assert root_of(hashes) == Tree(hashes).root() == naive_root(entries)


def test_empty_tree_has_the_hash_of_nothing() -> None:
    assert root_of([]) == EMPTY_ROOT == sm3(b"")


@given(st.integers(0, 70), st.integers(0, 70))
def test_frontier_grows_in_steps_and_survives_storage(first: int, then: int) -> None:
    middle = Frontier().extend(LEAVES[:first])
    restored = Frontier.from_bytes(middle.to_bytes())
    assert restored == middle
    end = max(first, then)
    assert restored.extend(LEAVES[first:end]).root() == naive_root(ENTRIES[:end])


@pytest.mark.parametrize(
    "stored", [b"", b"1234567", bytes(8) + bytes(32), (3).to_bytes(8, "big") + bytes(33)]
)
def test_frontier_refuses_damaged_storage(stored: bytes) -> None:
    with pytest.raises(ValueError, match="frontier"):
        Frontier.from_bytes(stored)


@given(SIZES, st.data())
def test_inclusion_is_the_recursive_path_and_verifies(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    tree = Tree(LEAVES)
    proof = tree.inclusion_proof(index, size=size)
    assert list(proof) == naive_path(index, ENTRIES[:size])
    root = tree.root(size)
    assert verify_inclusion(leaf=LEAVES[index], index=index, size=size, proof=proof, root=root)
    other = data.draw(st.integers(0, 69))
    if other != index:
        assert not verify_inclusion(
            leaf=LEAVES[other], index=index, size=size, proof=proof, root=root
        )
        assert not verify_inclusion(
            leaf=LEAVES[index], index=other, size=size, proof=proof, root=root
        )
    assert not verify_inclusion(
        leaf=LEAVES[index], index=index, size=size, proof=(*proof, root), root=root
    )
    if proof:
        assert not verify_inclusion(
            leaf=LEAVES[index], index=index, size=size, proof=proof[:-1], root=root
        )


@given(SIZES, st.data())
def test_consistency_is_the_recursive_proof_and_verifies(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, size))
    tree = Tree(LEAVES)
    proof = tree.consistency_proof(old, size=size)
    assert list(proof) == naive_subproof(old, ENTRIES[:size], True)
    roots = {"old_root": tree.root(old), "new_root": tree.root(size)}
    assert verify_consistency(old_size=old, new_size=size, proof=proof, **roots)
    forged = roots | {"old_root": sm3(b"forged")}
    assert not verify_consistency(old_size=old, new_size=size, proof=proof, **forged)
    forged = roots | {"new_root": sm3(b"forged")}
    assert not verify_consistency(old_size=old, new_size=size, proof=proof, **forged)
    if proof:
        assert not verify_consistency(old_size=old, new_size=size, proof=proof[:-1], **roots)
        assert not verify_consistency(
            old_size=old, new_size=size, proof=(*proof, sm3(b"more")), **roots
        )


def test_consistency_from_nothing_and_backwards() -> None:
    root = root_of(LEAVES)
    assert Tree(LEAVES).consistency_proof(0) == ()
    assert verify_consistency(
        old_size=0, new_size=70, old_root=EMPTY_ROOT, new_root=root, proof=()
    )
    assert not verify_consistency(old_size=70, new_size=69, old_root=root, new_root=root, proof=())


@pytest.mark.parametrize(("index", "size"), [(-1, 70), (70, 70), (0, 71), (5, 5)])
def test_refuses_a_leaf_that_is_not_there(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="no such leaf"):
        Tree(LEAVES).inclusion_proof(index, size=size)
