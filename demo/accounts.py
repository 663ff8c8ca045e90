"""The sample channel accounts: who pushes demands to which district, with keys made anew for each run."""

import secrets
from base64 import b64encode
from pathlib import Path

import yaml
from msgspec import to_builtins

from deploy.local.environment import write_privately
from shared.channels.form import Account

DISTRICTS = {"yichun": "宜春经开区", "qingyuan": "青原区"}
CHANNELS_ZH = {
    "hotline": "12345热线",
    "mini_program": "小程序",
    "wenzheng": "问政江西",
    "minsheng": "民声通道",
    "console": "人工登记",
}
SCOPE = "party-committee"
"""Who alone may see what comes through 民声通道: the desk for it, the units that lead it, who oversees all."""


def sample_accounts(platforms: str) -> list[Account]:
    """Six accounts over four channels, both hashes, WeChat in safe and in plain mode.

    platforms   the address of the sample platforms, to which each is told what became of its demands
    """

    def account(id: str, channel: str, **more: str) -> Account:
        key = {"k1": secrets.token_hex(16)}
        return Account(id, channel, id.partition("-")[0], key, f"{platforms}/reports/{id}", **more)

    return [
        account("yichun-12345", "hotline"),
        account("yichun-wenzheng", "wenzheng", algorithm="hmac-sha256"),
        account("yichun-minsheng", "minsheng", scope=SCOPE),
        account("yichun-mini", "mini_program", app_id="wx-sample-yichun", aes_key=_aes_key()),
        account("qingyuan-12345", "hotline", algorithm="hmac-sha256"),
        account("qingyuan-mini", "mini_program", app_id="wx-sample-qingyuan"),
    ]


def write_accounts(file: Path, accounts: list[Account]) -> None:
    """The file that ``HUIYIN_CHANNELS`` names, readable by its owner alone."""
    plain = [{name: value for name, value in to_builtins(one).items() if value} for one in accounts]
    file.parent.mkdir(parents=True, exist_ok=True)
    write_privately(file, yaml.safe_dump({"accounts": plain}, allow_unicode=True, sort_keys=False))


def _aes_key() -> str:
    """An EncodingAESKey: 43 characters of base64."""
    return b64encode(secrets.token_bytes(32)).decode().rstrip("=")
