"""Services as processes of a test, with the ledger for an example."""

import httpx
import psutil
import pytest
from pydantic import SecretStr

from shared.settings import Settings, read_settings
from tests.running.services import Running, environment_of


def test_a_killed_service_is_ready_again_on_its_port_after_reviving(running: Running) -> None:
    ledger = running.start("ledger")
    ledger.kill()
    assert ledger.ended
    running.revive()
    ledger.wait_until_ready()


def test_a_frozen_service_answers_again_once_it_is_thawed(running: Running) -> None:
    ledger = running.start("ledger")
    ledger.freeze()
    with pytest.raises(httpx.TimeoutException):
        httpx.get(f"{ledger.address}/healthz", timeout=0.3)
    ledger.thaw()
    ledger.wait_until_ready()


def test_no_service_outlives_the_test_that_started_it(running: Running) -> None:
    with running:
        ledger = running.start("ledger")
        ledger.freeze()
    assert not psutil.pid_exists(ledger.process.pid)


def test_a_service_that_cannot_start_says_why(running: Running) -> None:
    with pytest.raises(AssertionError, match="HUIYIN_PARTITIONS"):
        running.start("ledger", HUIYIN_PARTITIONS="many")


def test_another_process_reads_the_settings_as_they_were_given(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment_of(settings).items():
        monkeypatch.setenv(name, value)
    assert read_settings() == settings
    assert isinstance(settings.master_key, SecretStr)
