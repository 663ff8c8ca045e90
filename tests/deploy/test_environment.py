"""What a running system tells the command line, and that it runs once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local import environment, lock

ROOT = Path(__file__).resolve().parents[2]


def sourced(folder: Path, name: str, own: dict[str, str]) -> str:
    """The variable as a shell has it that sourced the file over an environment of its own."""
    script = f'source "{folder}/environment"; printf %s "${name}"'
    said = subprocess.run(
        ["/bin/bash", "-c", script], env={"PATH": os.environ["PATH"], **own}, check=True, stdout=-1
    )
    return said.stdout.decode()


@pytest.mark.parametrize(
    "value", ["plain", "a b", 'quo"te', "dol$HOME", "back`tick`", "brace}", "back\\slash", "o'clock"]
)
def test_a_shell_that_sources_the_file_has_each_value_as_it_is(tmp_path: Path, value: str) -> None:
    with environment.told(tmp_path, {"HUIYIN_CHANNELS": value}):
        assert sourced(tmp_path, "HUIYIN_CHANNELS", {}) == value


def test_what_a_person_sets_goes_before_what_the_running_system_tells(tmp_path: Path) -> None:
    with environment.told(tmp_path, {"DATABASE_URL": "told"}):
        assert sourced(tmp_path, "DATABASE_URL", {"DATABASE_URL": "mine"}) == "mine"


def test_only_the_owner_can_read_the_key_and_the_file_that_holds_it(tmp_path: Path) -> None:
    key = environment.master_key(tmp_path)
    with environment.told(tmp_path, {"HUIYIN_MASTER_KEY": key}):
        modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert modes == {"master.key": 0o600, "environment": 0o600}


def test_the_key_is_made_once_and_a_given_one_goes_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert environment.master_key(tmp_path) == environment.master_key(tmp_path)
    monkeypatch.setenv("HUIYIN_MASTER_KEY", "given")
    assert environment.master_key(tmp_path) == "given"


def test_nothing_is_told_once_nothing_runs(tmp_path: Path) -> None:
    with environment.told(tmp_path, {}):
        assert (tmp_path / "environment").exists()
    assert not (tmp_path / "environment").exists()


def test_a_second_launcher_in_a_folder_is_refused_with_the_first_ones_id(tmp_path: Path) -> None:
    with lock.held(tmp_path):
        assert lock.holder(tmp_path) == os.getpid()
        with pytest.raises(lock.AlreadyRunning, match=str(os.getpid())), lock.held(tmp_path):
            pass
    assert lock.holder(tmp_path) is None


def test_a_launcher_that_was_killed_holds_nothing_though_its_id_is_still_written(tmp_path: Path) -> None:
    hold = (
        "import sys, os; from pathlib import Path; from deploy.local import lock\n"
        "with lock.held(Path(sys.argv[1])): os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", hold, str(tmp_path)], check=False, cwd=ROOT)
    assert (tmp_path / "launcher.pid").read_text()
    assert lock.holder(tmp_path) is None
    assert lock.end_holder(tmp_path, 0)


def test_the_command_line_answers_from_any_folder_in_the_project_s_environment(tmp_path: Path) -> None:
    said = subprocess.run(
        [ROOT / "huiyin", "--help"], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    assert "deadline" in said.stdout
