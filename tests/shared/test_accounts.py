"""A mistaken account stops the start with its file, line and entry, and keeps its secrets."""

from pathlib import Path

import pytest

from shared.accounts import BadAccounts, read_accounts
from shared.channels.form import Account

GOOD = """accounts:
  - id: city-12345
    channel: hotline
    jurisdiction: yichun
    keys: {k2: sample-secret-two-0123456789, k1: sample-secret-one-0123456789}
    report_to: http://platform.example/reports
  - id: letters
    channel: minsheng
    jurisdiction: yichun
    keys: {k1: sample-secret-one-0123456789}
    scope: party-committee
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "channels.yaml"


def test_accounts_are_found_by_their_id(file: Path) -> None:
    file.write_text(GOOD)
    accounts = read_accounts(file)
    assert list(accounts) == ["city-12345", "letters"]
    assert accounts["letters"] == Account(
        "letters", "minsheng", "yichun", {"k1": "sample-secret-one-0123456789"}, scope="party-committee"
    )


def test_without_a_file_there_is_no_account() -> None:
    assert read_accounts(None) == {}


@pytest.mark.parametrize(
    ("was", "becomes", "line", "said"),
    [
        ("id: letters", "id: city-12345", 7, "stands twice"),
        ("id: letters", "id: Letters|1", 7, "id: small letters"),
        ("channel: minsheng", "channel: pigeon", 7, "channel: one of"),
        ("    scope: party-committee\n", "", 7, "民声通道 must name"),
        ("scope:", "scopes:", 7, "unknown field `scopes`"),
        (
            "    jurisdiction: yichun\n    keys: {k1",
            "    keys: {k1",
            7,
            "missing required field `jurisdiction`",
        ),
        ("sample-secret-two-0123456789", "short", 2, "at least 16"),
        ("{k2: sample-secret-two-0123456789, ", "{k2: [], ", 2, "not of its form `$.keys"),
        ("http://platform", "ftp://platform", 2, "report_to"),
        ("    report_to", "    aes_key: sample-secret\n    report_to", 2, "app_id: needed"),
        ("    report_to", "    algorithm: md5\n    report_to", 2, "algorithm: one of"),
        ("accounts:", "account:", 1, "one list, accounts"),
        ("accounts:", "accounts: *a", 1, ""),
    ],
)
def test_what_is_wrong_is_named_and_no_secret_is(
    file: Path, was: str, becomes: str, line: int, said: str
) -> None:
    assert was in GOOD
    file.write_text(GOOD.replace(was, becomes, 1))
    with pytest.raises(BadAccounts) as wrong:
        read_accounts(file)
    message = str(wrong.value)
    assert message.startswith(f"{file}:{line}: ")
    assert said in message
    assert "sample-secret" not in message


def test_a_file_that_is_not_there_is_named(file: Path) -> None:
    with pytest.raises(BadAccounts, match=r"channels\.yaml"):
        read_accounts(file)
