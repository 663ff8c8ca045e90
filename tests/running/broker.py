"""A Kafka of one test alone, which it may freeze and stop."""

import asyncio
import signal
from pathlib import Path

from deploy.local import kafka as embedded_kafka
from deploy.local import processes


class Broker:
    """Started when made; ``address`` stays the same over a stop and a start."""

    def __init__(self, folder: Path) -> None:
        self._prepared = embedded_kafka.broker(folder)
        self._log = folder / "output.log"
        self.address = self._prepared.address
        self.start()

    def start(self) -> None:
        self.process = processes.start(self._prepared.command, self._log)
        asyncio.run(embedded_kafka.answers(self.address, self._log))

    def signal(self, which: signal.Signals) -> None:
        processes.signal_group(self.process.pid, which)

    def stop(self) -> None:
        self.signal(signal.SIGCONT)
        processes.stop(self.process)
