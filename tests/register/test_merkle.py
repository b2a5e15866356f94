"""Against a naive recursive reading of RFC 9162 and the test vectors of certificate-transparency (RFC 6962)."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.ground.register import merkle
from gongkai.ground.register.merkle import Frontier, Place, Span

VECTOR_LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
VECTOR_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def split(length: int) -> int:
    power = 1
    while power * 2 < length:
        power *= 2
    return power


def naive_root(leaves: list[bytes]) -> bytes:
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    k = split(len(leaves))
    return hashlib.sha256(b"\1" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_path(m: int, leaves: list[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*naive_path(m, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), naive_root(leaves[:k])]


def naive_subproof(m: int, leaves: list[bytes], is_whole: bool) -> list[bytes]:
    if m == len(leaves):
        return [] if is_whole else [naive_root(leaves)]
    k = split(len(leaves))
    if m <= k:
        return [*naive_subproof(m, leaves[:k], is_whole), naive_root(leaves[k:])]
    return [*naive_subproof(m - k, leaves[k:], False), naive_root(leaves[:k])]


def grow(leaves: list[bytes]) -> tuple[Frontier, dict[Place, bytes]]:
    """The frontier and all complete nodes of a tree, leaves included."""
    frontier = Frontier()
    hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
    nodes = {Place(0, index): digest for index, digest in enumerate(hashes)}
    nodes |= dict(frontier.extend(hashes))
    return frontier, nodes


@pytest.mark.parametrize("size", range(9))
def test_known_roots(size: int) -> None:
    frontier, _ = grow(VECTOR_LEAVES[:size])
    assert frontier.root().hex() == VECTOR_ROOTS[size] == naive_root(VECTOR_LEAVES[:size]).hex()


def test_known_paths() -> None:
    _, nodes = grow(VECTOR_LEAVES)
    path = merkle.path(merkle.inclusion_spans(5, 8), nodes)
    assert [step.hex() for step in path] == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    proof = merkle.path(merkle.consistency_spans(6, 8), nodes)
    assert [step.hex() for step in proof] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


@pytest.mark.parametrize("size", range(1, 34))
def test_every_proof_of_every_small_tree(size: int) -> None:
    leaves = [bytes([number]) for number in range(size)]
    frontier, nodes = grow(leaves)
    assert len(nodes) - size == merkle.inner_nodes(size)
    root = frontier.root()
    for index, leaf in enumerate(leaves):
        path = merkle.path(merkle.inclusion_spans(index, size), nodes)
        assert path == naive_path(index, leaves)
        assert merkle.is_included(merkle.leaf_hash(leaf), index, size, path, root)
    for old in range(1, size + 1):
        proof = merkle.path(merkle.consistency_spans(old, size), nodes)
        assert proof == naive_subproof(old, leaves, True)
        assert merkle.is_consistent(old, naive_root(leaves[:old]), size, root, proof)


@given(st.data())
def test_any_tree_any_batches(data: st.DataObject) -> None:
    leaves = [number.to_bytes(2, "big") for number in range(data.draw(st.integers(1, 700)))]
    size = len(leaves)
    cut = data.draw(st.integers(0, size))
    first, nodes = grow(leaves[:cut])
    again = Frontier(cut, [nodes[place] for place in merkle.subtrees(Span(0, cut))])
    hashes = [merkle.leaf_hash(leaf) for leaf in leaves[cut:]]
    nodes |= {Place(0, cut + offset): digest for offset, digest in enumerate(hashes)} | dict(again.extend(hashes))
    root = naive_root(leaves)
    assert again.root() == root
    assert first.root() == naive_root(leaves[:cut])
    index = data.draw(st.integers(0, size - 1))
    path = merkle.path(merkle.inclusion_spans(index, size), nodes)
    assert path == naive_path(index, leaves)
    assert merkle.is_included(merkle.leaf_hash(leaves[index]), index, size, path, root)


@given(st.data())
def test_nothing_else_verifies(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, 80))
    leaves = [bytes([number]) for number in range(size)]
    frontier, nodes = grow(leaves)
    root = frontier.root()
    index = data.draw(st.integers(0, size - 1))
    leaf = merkle.leaf_hash(leaves[index])
    path = merkle.path(merkle.inclusion_spans(index, size), nodes)
    bad = list(path)
    bad[data.draw(st.integers(0, len(bad) - 1))] = bytes(32)
    other = data.draw(st.integers(0, size - 1).filter(lambda number: number != index))
    assert not merkle.is_included(leaf, index, size, bad, root)
    assert not merkle.is_included(leaf, other, size, path, root)
    assert not merkle.is_included(leaf, index, size, path[:-1], root)
    assert not merkle.is_included(leaf, index, size, [*path, bytes(32)], root)
    assert not merkle.is_included(leaf, index, size, path, bytes(32))
    assert not merkle.is_included(leaf, -1, size, path, root)
    assert not merkle.is_included(leaf, size, size, path, root)
    old = data.draw(st.integers(1, size - 1))
    proof = merkle.path(merkle.consistency_spans(old, size), nodes)
    old_root = naive_root(leaves[:old])
    assert not merkle.is_consistent(old, bytes(32), size, root, proof)
    assert not merkle.is_consistent(old, old_root, size, bytes(32), proof)
    assert not merkle.is_consistent(old, old_root, size, root, [*proof, bytes(32)])
    assert not merkle.is_consistent(old, old_root, size, root, proof[:-1])
    assert not merkle.is_consistent(0, old_root, size, root, proof)
    assert not merkle.is_consistent(size + 1, old_root, size, root, proof)


def test_bad_questions() -> None:
    with pytest.raises(ValueError):
        merkle.inclusion_spans(3, 3)
    with pytest.raises(ValueError):
        merkle.consistency_spans(0, 3)
    with pytest.raises(ValueError):
        merkle.consistency_spans(4, 3)
    with pytest.raises(ValueError):
        Frontier(3, [bytes(32)])
    assert not merkle.is_consistent(3, bytes(32), 3, bytes(32), [bytes(32)])
    assert merkle.is_consistent(3, bytes(32), 3, bytes(32), [])
    assert not merkle.is_consistent(3, bytes(32), 5, bytes(32), [])
