"""``huiyin account`` on a real Postgres, as an administrator types it."""

import json

import pytest
from typer.testing import CliRunner, Result

from cli.account import app
from shared.settings import Settings
from tests.running.services import environment_of


@pytest.fixture
def environment(settings: Settings) -> dict[str, str]:
    return environment_of(settings)


def typed(environment: dict[str, str], *words: str) -> Result:
    return CliRunner().invoke(app, list(words), env=environment)


def test_an_account_is_added_listed_and_revoked(environment: dict[str, str]) -> None:
    added = typed(
        environment, "add", "sample.water", "--role", "unit", "--jurisdiction", "sample", "--unit", "water"
    )
    assert added.exit_code == 0
    assert len(added.stdout.strip()) >= 43
    listed = json.loads(typed(environment, "list", "--json").stdout)
    assert [(one["id"], one["role"], one["unit"], one["tokens"]) for one in listed] == [
        ("sample.water", "unit", "water", 1)
    ]
    assert "sample.water" in typed(environment, "list").stdout
    revoked = typed(environment, "revoke", "sample.water", "--json")
    assert json.loads(revoked.stdout) == {"account": "sample.water", "revoked": 1}
    assert json.loads(typed(environment, "list", "--json").stdout)[0]["tokens"] == 0


def test_a_units_person_may_have_some_of_its_duties_and_nobody_else_any(
    environment: dict[str, str],
) -> None:
    unit = ["--role", "unit", "--jurisdiction", "sample", "--unit", "water"]
    typed(environment, "add", "sample.writer", *unit, "--duty", "signer", "--duty", "handler")
    listed = json.loads(typed(environment, "list", "--json").stdout)
    assert [one["duties"] for one in listed] == [["signer", "handler"]]
    desk = ["--role", "operator", "--jurisdiction", "sample", "--duty", "approver"]
    for wrong in ([*unit, "--duty", "mayor"], desk):
        assert typed(environment, "add", "sample.other", *wrong).exit_code == 1


def test_what_cannot_be_added_is_said_in_one_line(environment: dict[str, str]) -> None:
    wrong = typed(environment, "add", "sample.mayor", "--role", "mayor", "--jurisdiction", "sample")
    assert wrong.exit_code == 1
    assert "a role is operator, unit, supervisor or auditor" in wrong.stderr
    assert wrong.stdout == ""
    assert typed(environment, "revoke", "nobody").exit_code == 1


def test_a_password_is_made_or_taken_and_revoking_ends_it(environment: dict[str, str]) -> None:
    typed(environment, "add", "sample.hotline", "--role", "operator", "--jurisdiction", "sample")
    made = json.loads(typed(environment, "password", "sample.hotline", "--json").stdout)
    assert len(made["password"]) == 16
    words = ["password", "sample.hotline", "--stdin"]
    assert CliRunner().invoke(app, words, env=environment, input="样例 long enough\n").exit_code == 0
    short = CliRunner().invoke(app, words, env=environment, input="short\n")
    assert (short.exit_code, "12 to 256" in short.stderr) == (1, True)
    assert typed(environment, "revoke", "sample.hotline").exit_code == 0
