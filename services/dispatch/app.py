"""The dispatch process: `python -m services.dispatch.app`."""

from pathlib import Path

import uvloop

from services.dispatch.loads import Dispatch
from shared.garbage import collect_rarely
from shared.settings import read_settings
from shared.telemetry import start_telemetry
from shared.worker import run

if __name__ == "__main__":
    settings = read_settings()
    start_telemetry("dispatch", settings)
    collect_rarely()
    uvloop.run(run(settings, Path(__file__).with_name("dispatch.sql"), lambda _: Dispatch()))
