"""Known answers of the national standards, and that nothing altered opens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardbook.lib.sm import Damaged, Sealer, hmac_sm3, open_sealed, seal, sm3

KEY = bytes(range(16))


def test_sm3_gives_the_standards_first_example() -> None:
    assert sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_sm3_gives_the_standards_second_example() -> None:
    assert (
        sm3(b"abcd" * 16).hex()
        == "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
    )


@given(st.binary(max_size=100), st.binary(max_size=100))
def test_hmac_is_the_nested_hash(key: bytes, data: bytes) -> None:
    block = (sm3(key) if len(key) > 64 else key).ljust(64, b"\0")
    inner = sm3(bytes(byte ^ 0x36 for byte in block) + data)
    assert hmac_sm3(key, data) == sm3(bytes(byte ^ 0x5C for byte in block) + inner)


@given(st.binary(max_size=300), st.binary(max_size=20), st.integers(0, 255))
def test_opens_what_it_sealed(plaintext: bytes, context: bytes, version: int) -> None:
    sealed = seal(KEY, plaintext, context=context, version=version)
    assert len(sealed) == len(plaintext) + 29
    assert sealed[0] == version
    assert open_sealed({version: KEY}, sealed, context=context) == plaintext


def test_a_sealer_makes_what_seal_makes() -> None:
    sealer = Sealer(key=KEY, context=b"name", version=2)
    assert open_sealed({2: KEY}, sealer(b"x"), context=b"name") == b"x"


def test_never_seals_twice_alike() -> None:
    assert len({seal(KEY, b"same", context=b"c") for _ in range(100)}) == 100


@given(st.data())
def test_refuses_any_flipped_bit(data: st.DataObject) -> None:
    sealed = bytearray(seal(KEY, b"personal", context=b"name"))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= 1 << data.draw(st.integers(0, 7))
    keys = dict.fromkeys(range(256), KEY)
    with pytest.raises(Damaged):
        open_sealed(keys, bytes(sealed), context=b"name")


def test_refuses_another_field_another_key_and_a_cut() -> None:
    sealed = seal(KEY, b"personal", context=b"name")
    with pytest.raises(Damaged, match="校验失败"):
        open_sealed({1: KEY}, sealed, context=b"phone")
    with pytest.raises(Damaged, match="校验失败"):
        open_sealed({1: bytes(16)}, sealed, context=b"name")
    with pytest.raises(Damaged, match="第 1 版密钥"):
        open_sealed({2: KEY}, sealed, context=b"name")
    for length in range(len(sealed)):
        with pytest.raises(Damaged):
            open_sealed({1: KEY}, sealed[:length], context=b"name")


@pytest.mark.parametrize(("key", "version"), [(b"short", 1), (KEY, 256), (KEY, -1)])
def test_refuses_a_key_or_version_that_does_not_fit(key: bytes, version: int) -> None:
    with pytest.raises(ValueError):
        seal(key, b"x", context=b"c", version=version)
