"""The feedback process: `python -m services.feedback.app`."""

from pathlib import Path

import uvloop

from services.feedback.delivering import Delivering
from services.feedback.queue import Feedback
from shared.accounts import read_accounts
from shared.garbage import collect_rarely
from shared.settings import read_settings
from shared.telemetry import start_telemetry
from shared.worker import run

if __name__ == "__main__":
    settings = read_settings()
    start_telemetry("feedback", settings)
    collect_rarely()
    accounts = read_accounts(settings.channels)
    works = [Delivering(accounts).deliver]
    uvloop.run(run(settings, Path(__file__).with_name("feedback.sql"), lambda _: Feedback(accounts), works))
