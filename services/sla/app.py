"""The sla process: `python -m services.sla.app`."""

from pathlib import Path

import uvloop

from services.sla.clock_rows import Sla
from services.sla.recalculation import recalculate
from services.sla.timers import count, sweep
from shared.garbage import collect_rarely
from shared.settings import read_settings
from shared.telemetry import start_telemetry
from shared.worker import run

if __name__ == "__main__":
    settings = read_settings()
    start_telemetry("sla", settings)
    collect_rarely()
    works = sweep, recalculate, count
    uvloop.run(run(settings, Path(__file__).with_name("sla.sql"), lambda _: Sla(), works))
