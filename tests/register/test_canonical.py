from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.ground.register.canonical import C14N_VERSION, MAX_DEPTH, NotCanonicalError, canonical_json, sha256_hex

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT, lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner)
)


def test_known_bytes() -> None:
    value = {"题名": "关于“一网通办”的通知\n", "b": [1, True, None, -3], "a": {"z": "\u2028", "B": ""}}
    expected = '{"a":{"B":"","z":"\u2028"},"b":[1,true,null,-3],"题名":"关于“一网通办”的通知\\n"}'
    assert canonical_json(value) == expected.encode()
    assert C14N_VERSION == 1
    assert sha256_hex(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@given(JSON)
def test_reads_back_and_is_one_form(value: Any) -> None:
    data = canonical_json(value)
    assert json.loads(data) == value
    assert canonical_json(json.loads(data)) == data


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"a": [1, 2.0]}, "$.a[1]: float"),
        (float("nan"), "$: float"),
        ({1: "a"}, "$: key of type int"),
        ({"a": "x\ud800"}, "lone surrogate U+D800"),
        ({"\udfff": 1}, "lone surrogate U+DFFF"),
        (["a\0b"], "$[0]: U+0000"),
        ({"a": (1, 2)}, "$.a: tuple"),
        ({"a": b"x"}, "$.a: bytes"),
        ({"a": {1, 2}}, "$.a: set"),
    ],
)
def test_refuses(value: object, message: str) -> None:
    with pytest.raises(NotCanonicalError, match=re.escape(message)):
        canonical_json(value)


@pytest.mark.parametrize("wrap", [lambda inner: [inner], lambda inner: {"a": inner}])
def test_depth_is_bounded(wrap: Callable[[object], object]) -> None:
    value: object = 1
    for _ in range(MAX_DEPTH):
        value = wrap(value)
    canonical_json(value)
    with pytest.raises(NotCanonicalError, match="nested"):
        canonical_json(wrap(value))
