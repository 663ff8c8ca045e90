"""``huiyin policy publish`` and ``history`` on a real Kafka, with the ledger as a real process."""

import json
import subprocess
import sys
from pathlib import Path
from shutil import copytree

from shared.settings import Settings
from tests.running.services import ROOT, Running, environment_of
from tests.shared.policy.packs import FOLDER

PACK = ("calendar", "units", "catalogue", "terms", "surveys")


def huiyin(settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": "/usr/bin:/bin", "PYTHONUTF8": "1", **environment_of(settings)}
    command = [sys.executable, "-m", "cli", "policy", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_a_pack_reaches_every_partition_once_and_can_be_read_back(
    settings: Settings, running: Running
) -> None:
    running.start("ledger")

    first = huiyin(settings, "publish", "cn", "yichun", "--json")
    assert first.returncode == 0, first.stderr
    published = json.loads(first.stdout)
    names = ["cn/calendar", "yichun/calendar", *[f"yichun/{kind}" for kind in PACK[1:]]]
    assert [one["policy"] for one in published] == names
    assert all(one["published"] == [0, 1, 2, 3] and not one["refused"] for one in published)

    again = huiyin(settings, "publish", "cn", "yichun", "--json")
    assert again.returncode == 0, again.stderr
    assert all(one["had"] == [0, 1, 2, 3] and not one["published"] for one in json.loads(again.stdout))

    rows = json.loads(huiyin(settings, "history", "yichun", "--json").stdout)
    assert [(row["kind"], row["version"], row["partitions"]) for row in rows] == [
        (k, 1, 4) for k in sorted(PACK)
    ]
    assert "样例" in huiyin(settings, "history", "yichun", "terms").stdout
    assert json.loads(huiyin(settings, "history", "nowhere", "--json").stdout) == []


def test_other_content_under_a_version_that_is_out_is_refused_everywhere(
    settings: Settings, running: Running, tmp_path: Path
) -> None:
    running.start("ledger")
    assert huiyin(settings, "publish", "cn").returncode == 0
    copytree(FOLDER, tmp_path / "policies")
    path = tmp_path / "policies" / "cn" / "calendar.yaml"
    original = path.read_text()

    path.write_text(original.replace('day_end: "24:00"', 'day_end: "17:30"'))
    refused = huiyin(settings, "publish", str(path.parent), "--json")
    assert refused.returncode == 1
    [one] = json.loads(refused.stdout)
    assert {refusal["code"] for refusal in one["refused"].values()} == {"policy_version"}
    assert len(one["refused"]) == 4

    path.write_text(path.read_text().replace("version: 1\n", "version: 2\n"))
    assert huiyin(settings, "publish", str(path.parent)).returncode == 0
    rows = json.loads(huiyin(settings, "history", "cn", "calendar", "--json").stdout)
    assert [(row["version"], row["partitions"]) for row in rows] == [(1, 4), (2, 4)]


def test_a_pack_before_what_it_refers_to_is_refused_and_the_rest_is_not_sent(
    settings: Settings, running: Running
) -> None:
    running.start("ledger")
    refused = huiyin(settings, "publish", "yichun")
    assert refused.returncode == 1
    assert "所沿用的日历 cn 不存在" in refused.stdout
    assert json.loads(huiyin(settings, "history", "yichun", "--json").stdout) == []


def test_a_pack_with_a_problem_is_not_sent(settings: Settings, tmp_path: Path) -> None:
    copytree(FOLDER, tmp_path / "policies")
    path = tmp_path / "policies" / "yichun" / "terms.yaml"
    path.write_text(path.read_text().replace("calendar: yichun", "calendar: moon"))
    done = huiyin(settings, "publish", str(path.parent))
    assert done.returncode == 1
    assert "terms.yaml:10: " in done.stderr
