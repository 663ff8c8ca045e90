"""What is sealed opens only where it belongs (design §8)."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.sealing import AES_256_GCM, HEAD_BYTES, TicketKey, UnknownSuite, WrongSeal
from shared.ticket.words import Sealed

KEY = TicketKey("ticket-a", bytes(range(32)), os.urandom)
OTHER = TicketKey("ticket-a", bytes(32), os.urandom)


@given(st.text(), st.text())
def test_a_text_opens_as_it_was_sealed(field: str, text: str) -> None:
    assert KEY.open(field, KEY.seal(field, text)) == text


def test_sealing_twice_gives_two_ciphertexts() -> None:
    assert KEY.seal("text", "样例") != KEY.seal("text", "样例")


def test_a_sealed_text_does_not_open_as_another_field() -> None:
    with pytest.raises(WrongSeal):
        KEY.open("title", KEY.seal("text", "样例"))


def test_a_sealed_text_does_not_open_on_another_ticket() -> None:
    moved = TicketKey("ticket-b", bytes(range(32)), os.urandom)
    with pytest.raises(WrongSeal):
        moved.open("text", KEY.seal("text", "样例"))


def test_another_key_is_told_by_the_commitment_before_anything_is_decrypted() -> None:
    with pytest.raises(WrongSeal, match="not sealed under this key"):
        OTHER.open("text", KEY.seal("text", "样例"))


def test_a_commitment_of_another_key_is_refused_although_the_ciphertext_would_open() -> None:
    sealed = bytearray(KEY.seal_bytes("text", b"sample"))
    sealed[HEAD_BYTES - 1] ^= 1
    with pytest.raises(WrongSeal, match="not sealed under this key"):
        KEY.open_bytes("text", bytes(sealed))


def test_an_unknown_suite_is_named() -> None:
    sealed = KEY.seal_bytes("text", b"sample")
    assert sealed[0] == AES_256_GCM
    with pytest.raises(UnknownSuite, match="suite 02"):
        KEY.open_bytes("text", b"\x02" + sealed[1:])


@pytest.mark.parametrize("nonsense", ["", "A", "AQ", "样例", "AQ" * 40, "AQ%%"])
def test_what_was_never_sealed_does_not_open(nonsense: str) -> None:
    with pytest.raises((WrongSeal, UnknownSuite)):
        KEY.open("text", Sealed(nonsense))


@given(st.integers(0, 200), st.integers(1, 255))
def test_no_altered_byte_goes_unnoticed(place: int, change: int) -> None:
    sealed = bytearray(KEY.seal_bytes("text", b"sample" * 20))
    sealed[place % len(sealed)] ^= change
    with pytest.raises((WrongSeal, UnknownSuite)):
        KEY.open_bytes("text", bytes(sealed))


def test_a_resend_is_recognised_and_another_content_is_not() -> None:
    assert KEY.fingerprint(b"sample") == KEY.fingerprint(b"sample")
    assert KEY.fingerprint(b"sample") != KEY.fingerprint(b"sample.")
    assert KEY.fingerprint(b"sample") != OTHER.fingerprint(b"sample")


def test_a_key_never_prints_itself() -> None:
    assert repr(KEY) == "TicketKey(ticket-a)"


def test_a_text_sealed_by_this_version_opens_for_ever() -> None:
    fixed = TicketKey("ticket-a", bytes(range(32)), bytes)
    assert fixed.seal("text", "样例") == Sealed(
        "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAI4cwan_c0yUZnPcjmDiIw0_csITlJe930cXHn91mF2m3UoLDUT23-_-OVIjQ7MnKtmybbN3Ow"
    )
    assert (
        KEY.open(
            "text",
            Sealed(
                "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAI4cwan_c0yUZnPcjmDiIw0_csITlJe930cXHn91mF2m3UoLDUT23-_-OVIjQ7MnKtmybbN3Ow"
            ),
        )
        == "样例"
    )


def test_a_query_code_is_eight_digits_that_only_the_key_gives() -> None:
    assert KEY.query_code() == TicketKey("ticket-a", bytes(range(32)), os.urandom).query_code()
    codes = {TicketKey("t", bytes([n] * 32), os.urandom).query_code() for n in range(200)}
    assert len(codes) == 200
    assert all(len(code) == 8 and code.isascii() and code.isdigit() for code in codes)
    assert any(code.startswith("0") for code in codes)


def test_a_voucher_is_of_its_key_and_claim_and_no_fingerprint() -> None:
    assert KEY.voucher("visit 1") == KEY.voucher("visit 1")
    others = {KEY.voucher("visit 2"), OTHER.voucher("visit 1"), KEY.fingerprint(b"visit 1")}
    assert KEY.voucher("visit 1") not in others
