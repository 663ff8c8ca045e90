"""Policy files: every mistake is named with its file and line."""

from pathlib import Path

import pytest

from shared.policy.calendar import Calendar
from shared.policy.files import LARGEST, PolicyFileError, check_files, read_file, read_folders

TERMS = """\
jurisdiction: sample
version: 1
effective_from: 2026-01-01
source: 样例
body:
  kind: terms
  calendar: sample
  rules:
    - when: {urgency: [urgent]}
      terms: {citizen: 24h}
    - terms:
        citizen: 5wd
        answer: 4wd
"""
CALENDAR = """\
jurisdiction: sample
version: 1
effective_from: 2026-01-01
source: 样例
body:
  kind: calendar
  working_hours: [[08:30, 12:00], [14:00, 17:30]]
"""


def written(folder: Path, content: str | bytes, kind: str = "terms") -> Path:
    path = folder / "sample" / f"{kind}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refused(path: Path) -> PolicyFileError:
    with pytest.raises(PolicyFileError) as caught:
        read_file(path)
    return caught.value


def test_a_good_file_is_a_document(tmp_path: Path) -> None:
    document = read_file(written(tmp_path, TERMS)).document
    assert (document.name, document.version, document.sample) == ("sample/terms", 1, False)


def test_hours_without_quotes_stay_hours(tmp_path: Path) -> None:
    body = read_file(written(tmp_path, CALENDAR, "calendar")).document.body
    assert isinstance(body, Calendar)
    assert body.working_hours == (("08:30", "12:00"), ("14:00", "17:30"))


@pytest.mark.parametrize(
    ("was", "now", "line", "says"),
    [
        ("citizen: 24h", "citizen: 24hours", 10, "regex"),
        ("answer: 4wd", "anwser: 4wd", 13, "Invalid enum value 'anwser'"),
        ("answer: 4wd", "citizen: 4wd", 13, "citizen stands twice"),
        ("when: {urgency: [urgent]}", "when: {urgency: urgent}", 9, "Expected `array`"),
        ("when: {urgency: [urgent]}", "when: {urgentcy: [urgent]}", 9, "unknown field `urgentcy`"),
        ("version: 1", "version: one", 2, "Expected `int`"),
        ("version: 1", "version: 0", 2, ">= 1"),
        ("version: 1\n", "", 1, "missing required field `version`"),
        ("effective_from: 2026-01-01", "effective_from: 2026-02-30", 3, "date"),
        ("source: 样例", "source: 样例\ncolour: red", 5, "unknown field `colour`"),
        ("kind: terms", "kind: terns", 6, "terns"),
        ("calendar: sample", "calendar: 12", 7, "Expected `str`"),
        ("calendar: sample", "calendar: !!python/name:os.system x", 7, "tags are not allowed"),
        ("calendar: sample", "calendar: &a sample\n  other: *a", 8, "aliases"),
        ("calendar: sample", "calendar: [sample", 8, "not YAML"),
        ("calendar: sample", "calendar: sa\x00mple", 7, "character"),
        ("calendar: sample", "[calendar]: sample", 7, "a key must be a word"),
        ("jurisdiction: sample", "jurisdiction: other", 1, "not its place"),
        ("source: 样例", "source: ''", 4, "length >= 1"),
    ],
)
def test_a_mistake_is_named_with_its_file_and_line(
    tmp_path: Path, was: str, now: str, line: int, says: str
) -> None:
    assert was in TERMS
    path = written(tmp_path, TERMS.replace(was, now, 1))
    error = refused(path)
    assert (error.file, error.line) == (path, line), str(error)
    assert says in error.en
    assert str(error).startswith(f"{path}:{line}: ")


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    error = refused(written(tmp_path, TERMS.encode("gb18030")))
    assert (error.line, error.en) == (4, "not UTF-8")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "nothing in it"),
        ("# 只有注释\n", "nothing in it"),
        ("- a\n- b\n", "Expected `object`"),
        ("[" * 50_000, "nested too deep"),
        ("a" * (LARGEST + 1), "larger than"),
        ("a: b\n---\nc: d\n", "not YAML"),
    ],
)
def test_what_is_no_policy_at_all_is_refused(tmp_path: Path, content: str, says: str) -> None:
    assert says in refused(written(tmp_path, content)).en


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert "cannot read" in refused(tmp_path / "sample" / "terms.yaml").en


def test_a_folder_gives_what_can_be_read_and_what_cannot(tmp_path: Path) -> None:
    written(tmp_path, CALENDAR, "calendar")
    broken = written(tmp_path, "kind: ?", "terms")
    files, errors = read_folders([tmp_path / "sample"])
    assert [file.document.name for file in files] == ["sample/calendar"]
    assert [error.file for error in errors] == [broken]


def test_a_problem_of_content_is_named_with_its_line(tmp_path: Path) -> None:
    path = written(tmp_path, TERMS)
    files, _ = read_folders([tmp_path / "sample"])
    _, [error] = check_files(files)
    assert (error.file, error.line, error.en) == (path, 7, "there is no calendar sample")


def test_files_are_read_in_the_order_in_which_they_can_be_published(tmp_path: Path) -> None:
    written(tmp_path, TERMS)
    written(tmp_path, CALENDAR + "  extends: zone\n", "calendar")
    base = tmp_path / "zone" / "calendar.yaml"
    base.parent.mkdir()
    base.write_text(CALENDAR.replace("sample", "zone"))
    files, _ = read_folders([tmp_path / "sample", tmp_path / "zone"])
    assert [file.document.name for file in files] == ["zone/calendar", "sample/calendar", "sample/terms"]
    assert check_files(files)[1] == []
