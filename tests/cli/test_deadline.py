"""``huiyin deadline`` as a person runs it: a process of its own, and no server anywhere."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def huiyin(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": "/usr/bin:/bin", "PYTHONUTF8": "1", "COLUMNS": "100"}
    return subprocess.run(
        [sys.executable, "-m", "cli", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_deadline_over_the_national_holiday_explains_itself_in_json() -> None:
    done = huiyin(
        "deadline", "--start", "2026-09-28T16:30+08:00", "--term", "5wd", "--calendar", "cn", "--json"
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["due"] == "2026-10-11T00:00:00+08:00"
    assert result["provisional"] is False
    assert result["trace"][0] == {"day": "2026-09-28", "counted": False, "because": "起始日不计"}
    assert {"day": "2026-10-01", "counted": False, "because": "国庆节"} in result["trace"]
    assert [step["day"] for step in result["trace"] if step["counted"]] == [
        "2026-09-29",
        "2026-09-30",
        "2026-10-08",
        "2026-10-09",
        "2026-10-10",
    ]


def test_hours_say_from_when_to_when() -> None:
    done = huiyin(
        "deadline", "--start", "2026-09-28T16:30+08:00", "--term", "1wh", "--calendar", "yichun", "--json"
    )
    assert json.loads(done.stdout)["trace"] == [
        {"day": "2026-09-28", "counted": True, "because": "工作日", "from": "16:30", "to": "17:30"}
    ]


def test_a_person_reads_a_table_with_the_day_that_ends_at_24() -> None:
    done = huiyin("deadline", "--start", "2026-09-28T16:30+08:00", "--term", "5wd")
    assert done.returncode == 0, done.stderr
    assert "2026-10-10 24:00" in done.stdout
    assert "国庆节调休上班" in done.stdout
    assert "2026-10-01 周四" in done.stdout


def test_an_unpublished_year_is_said_to_be_provisional() -> None:
    done = huiyin("deadline", "--start", "2027-03-01T10:00+08:00", "--term", "5wd")
    assert "暂定" in done.stdout


@pytest.mark.parametrize(
    ("start", "term", "calendar", "says"),
    [
        ("2026-09-28T16:30", "5wd", "cn", "没有时区"),
        ("yesterday", "5wd", "cn", "起算时刻 'yesterday' 不合格式"),
        ("2026-02-30T10:00+08:00", "5wd", "cn", "不合格式"),
        ("2026-09-28T16:30+08:00", "5days", "cn", "时限 '5days' 不合格式"),
        ("2026-09-28T16:30+08:00", "0wd", "cn", "不合格式"),
        ("2026-09-28T16:30+08:00", "5wd", "atlantis", "没有日历 atlantis;现有:cn、"),
        ("9999-12-31T16:30+08:00", "5wd", "cn", "公元9999年"),
    ],
)
def test_bad_input_ends_with_2_and_a_sentence(start: str, term: str, calendar: str, says: str) -> None:
    done = huiyin("deadline", "--start", start, "--term", term, "--calendar", calendar)
    assert done.returncode == 2
    assert done.stdout == ""
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_broken_calendar_file_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "cn").mkdir()
    (tmp_path / "cn" / "calendar.yaml").write_text("jurisdiction: cn\nversion: x\n")
    done = huiyin(
        "deadline", "--start", "2026-09-28T16:30+08:00", "--term", "5wd", "--policies", str(tmp_path)
    )
    assert done.returncode == 2
    assert "cn/calendar.yaml:2: " in done.stderr
