"""The channel accounts of an installation (edge): a YAML file that every error names, with its entry and line.

    accounts:
      - id: city-12345
        channel: hotline
        jurisdiction: yichun
        keys: {k2: …, k1: …}
        report_to: https://…

A secret is never said back. The file belongs to the installation, not to ``policies/``.
"""

import re
from pathlib import Path

import msgspec

from shared.channels import CHANNELS
from shared.channels.form import Account
from shared.channels.signing import ALGORITHMS
from shared.channels.wechat_crypto import aes_key
from shared.policy.plain_yaml import BadYaml, Place, read_yaml

SECRET = 16
"""Fewest characters of a key that signs; WeChat's own Token may be as short as three."""

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_UNKNOWN = re.compile(r"unknown field `[^`]*`|missing required field `[^`]*`")


class BadAccounts(SystemExit):
    """The accounts cannot be used: ``file:line: account: what is wrong``. The service does not start."""

    def __init__(self, file: Path, line: int, account: str, said: str) -> None:
        super().__init__(f"{file}:{line}: {account}: {said}")


def read_accounts(file: Path | None) -> dict[str, Account]:
    """The accounts by id, none without a file; raises BadAccounts at the first that is wrong."""
    if file is None:
        return {}
    try:
        tree, lines = read_yaml(file.read_bytes())
    except OSError as error:
        raise BadAccounts(file, 1, "HUIYIN_CHANNELS", error.strerror or "cannot be read") from None
    except BadYaml as error:
        raise BadAccounts(file, error.line, "HUIYIN_CHANNELS", error.en) from None
    entries = tree.get("accounts") if isinstance(tree, dict) and set(tree) == {"accounts"} else None
    if not isinstance(entries, list):
        raise BadAccounts(file, 1, "HUIYIN_CHANNELS", "must hold one list, accounts")
    accounts: dict[str, Account] = {}
    for index, entry in enumerate(entries):
        account = _read(file, entry, lines, index)
        if account.id in accounts:
            raise BadAccounts(file, lines["accounts", index], account.id, "the id stands twice")
        accounts[account.id] = account
    return accounts


def _read(file: Path, entry: object, lines: dict[Place, int], index: int) -> Account:
    line, named = lines["accounts", index], f"account {index + 1}"
    try:
        account = msgspec.convert(entry, Account)
    except msgspec.ValidationError as error:
        said = _UNKNOWN.search(str(error))
        where = str(error).rpartition(" - at ")[2] if " - at " in str(error) else ""
        raise BadAccounts(file, line, named, said.group() if said else f"not of its form {where}") from None
    if wrong := _wrong(account):
        raise BadAccounts(file, line, account.id, wrong)
    return account


def _wrong(account: Account) -> str | None:
    """The first thing that is wrong with an account, in words without its secrets."""
    wechat = account.channel == "mini_program"
    checks = {
        "id: small letters, digits and hyphens": not _ID.fullmatch(account.id),
        f"channel: one of {', '.join(CHANNELS)}": account.channel not in CHANNELS,
        f"algorithm: one of {', '.join(ALGORITHMS)}": account.algorithm not in ALGORITHMS,
        "keys: one or two are needed": not 1 <= len(account.keys) <= 2,
        f"keys: a secret has at least {SECRET} characters": not wechat
        and any(len(secret) < SECRET for secret in account.keys.values()),
        "scope: 民声通道 must name who may see its tickets": account.channel == "minsheng"
        and not account.scope,
        "app_id: needed where there is an aes_key": bool(account.aes_key) and not account.app_id,
        "aes_key: 43 characters of base64": not _good_aes_key(account.aes_key),
        "report_to: an http(s) address": not (account.report_to or "https://").startswith(
            ("http://", "https://")
        ),
    }
    return next((said for said, is_wrong in checks.items() if is_wrong), None)


def _good_aes_key(given: str | None) -> bool:
    try:
        return given is None or len(aes_key(given)) == 32
    except ValueError:
        return False
