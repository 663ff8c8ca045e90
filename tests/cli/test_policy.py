"""``huiyin policy check`` and ``schema``: what a person who writes a policy file sees."""

import json
from pathlib import Path
from shutil import copytree

import pytest
from typer.testing import CliRunner, Result

from cli.policy import app
from tests.shared.policy.packs import FOLDER


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_the_packs_of_the_repository_have_no_problem() -> None:
    done = run("check", "--json")
    assert (done.exit_code, json.loads(done.stdout)["problems"]) == (0, [])


def test_one_pack_is_checked_beside_its_neighbours() -> None:
    done = run("check", str(FOLDER / "yichun"), "--json")
    assert (done.exit_code, json.loads(done.stdout)) == (0, {"documents": 5, "problems": []})


def test_a_problem_is_named_with_file_and_line_and_ends_with_1(tmp_path: Path) -> None:
    copytree(FOLDER, tmp_path / "policies")
    path = tmp_path / "policies" / "yichun" / "catalogue.yaml"
    path.write_text(path.read_text().replace("lead: labour,", "lead: nobody,"))
    line = 1 + path.read_text()[: path.read_text().index("lead: nobody")].count("\n")
    done = run("check", str(path.parent))
    assert done.exit_code == 1
    assert f"{path}:{line}: 承办单位 nobody 不存在 / there is no unit nobody" in done.stdout


def test_a_neighbours_problem_is_not_ours(tmp_path: Path) -> None:
    copytree(FOLDER, tmp_path / "policies")
    (tmp_path / "policies" / "qingyuan" / "terms.yaml").write_text("?")
    assert run("check", str(tmp_path / "policies" / "yichun")).exit_code == 0


def test_a_folder_without_policies_is_a_mistake(tmp_path: Path) -> None:
    assert run("check", str(tmp_path)).exit_code == 2


@pytest.mark.parametrize("kind", ["calendar", "units", "catalogue", "terms", "surveys"])
def test_every_kind_has_a_schema(kind: str) -> None:
    done = run("schema", kind)
    schema = json.loads(done.stdout)
    assert done.exit_code == 0
    [document] = [of for of in schema["$defs"].values() if "jurisdiction" in of["properties"]]
    assert document["additionalProperties"] is False
    assert {"version", "effective_from", "source", "body"} <= set(document["required"])
    [body] = [of for of in schema["$defs"].values() if of["properties"].get("kind") == {"enum": [kind]}]
    assert body["additionalProperties"] is False


def test_a_kind_that_does_not_exist_has_none() -> None:
    assert run("schema", "weather").exit_code == 2
