"""A real Kafka broker from its own jars, for one machine: KRaft, one node, loopback only (design §10).

The jars come once through Maven (``deploy/kafka/pom.xml``) into ``<cache>/kafka/jars``.
"""

import asyncio
import fcntl
import os
import shutil
import subprocess
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from deploy.local import processes, tools
from deploy.local.ports import LOOPBACK, free_port, is_taken

ROOT = Path(__file__).resolve().parents[2]
POM = ROOT / "deploy" / "kafka" / "pom.xml"
LOGGING = ROOT / "deploy" / "kafka" / "log4j2.xml"
JVM = ("-Xms128m", "-Xmx1g", "-XX:TieredStopAtLevel=1")
"""Quick compilation only: in its first minutes a broker otherwise spends half of its CPU on compiling itself."""
STARTUP = 60.0
"""Seconds within which a broker must answer; four are usual."""


class KafkaNotStarted(SystemExit):
    """The embedded broker did not come up. The message ends with what it printed."""


@dataclass(frozen=True, slots=True)
class Broker:
    """A broker that is ready to start: its address for clients and the command that runs it."""

    address: str
    command: list[str]


def cache() -> Path:
    """The folder of what is brought once and kept: ``HUIYIN_CACHE``, else ``.run`` of the project."""
    return Path(os.environ.get("HUIYIN_CACHE", ROOT / ".run")).absolute()


def jars() -> Path:
    """The folder of the broker's jars, filled by Maven on first use. Raises MissingTool or KafkaNotStarted.

    A stamp with the pom's text is written last, so that a broken download or a new version fills it anew.
    """
    folder = cache() / "kafka" / "jars"
    stamp = folder / "pom.xml"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_bytes() != POM.read_bytes():
            shutil.rmtree(folder, ignore_errors=True)
            _fetch(folder)
            shutil.copyfile(POM, stamp)
    return folder


def broker(directory: Path) -> Broker:
    """Prepares a broker that keeps its log in ``directory``: makes it on first use, continues it afterwards.

    It gets free ports each time, so that several can run on a machine.
    """
    java = [tools.java(), *JVM, f"-Dlog4j2.configurationFile={LOGGING}", "-cp", f"{jars()}/*"]
    directory.mkdir(parents=True, exist_ok=True)
    properties = directory / "server.properties"
    clients, controller = free_port(), free_port()
    properties.write_text(_properties(directory / "log", clients, controller))
    if not (directory / "log" / "meta.properties").exists():
        cluster = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        format_folder = [
            *java,
            "kafka.tools.StorageTool",
            "format",
            f"--cluster-id={cluster}",
            "-c",
            str(properties),
        ]
        _run(format_folder, "Kafka's folder could not be prepared")
    return Broker(f"{LOOPBACK}:{clients}", [*java, "kafka.Kafka", str(properties)])


@contextmanager
def running(directory: Path) -> Iterator[str]:
    """A broker for the length of the block; gives its address. Nothing of it runs afterwards."""
    prepared, log = broker(directory), directory / "output.log"
    process = processes.start(prepared.command, log)
    try:
        asyncio.run(answers(prepared.address, log))
        yield prepared.address
    finally:
        processes.stop(process)


async def answers(address: str, log: Path) -> None:
    """Returns once the broker takes requests. Raises KafkaNotStarted with the end of its log."""
    until = time.monotonic() + STARTUP
    while not (is_taken(int(address.rpartition(":")[2])) and await _knows_itself(address)):
        if time.monotonic() > until:
            raise KafkaNotStarted(f"Kafka did not start at {address}:\n{processes.tail(log)}")
        await asyncio.sleep(0.1)


async def _knows_itself(address: str) -> bool:
    """True once the broker is registered. It listens a little earlier, with no place for a topic."""
    client = AIOKafkaAdminClient(bootstrap_servers=address, request_timeout_ms=3000)
    try:
        await client.start()
        return bool((await client.describe_cluster())["brokers"])
    except (KafkaError, OSError):
        return False
    finally:
        await client.close()


def _fetch(folder: Path) -> None:
    command = [tools.maven(), "--batch-mode", "--quiet", "-f", str(POM), "dependency:copy-dependencies"]
    _run([*command, f"-DoutputDirectory={folder}"], "Kafka's jars could not be brought by Maven")


def _run(command: list[str], otherwise: str) -> None:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        raise KafkaNotStarted(f"{otherwise}:\n{done.stdout[-2000:]}")


def _properties(log: Path, clients: int, controller: int) -> str:
    """One node is broker and controller. Its internal topics are small, since one machine has few groups."""
    settings = {
        "node.id": 1,
        "process.roles": "broker,controller",
        "controller.quorum.voters": f"1@{LOOPBACK}:{controller}",
        "controller.listener.names": "CONTROLLER",
        "listeners": f"PLAINTEXT://{LOOPBACK}:{clients},CONTROLLER://{LOOPBACK}:{controller}",
        "advertised.listeners": f"PLAINTEXT://{LOOPBACK}:{clients}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "log.dirs": log,
        "auto.create.topics.enable": "false",
        "group.initial.rebalance.delay.ms": 0,
        "offsets.topic.replication.factor": 1,
        "offsets.topic.num.partitions": 4,
        "transaction.state.log.replication.factor": 1,
        "transaction.state.log.min.isr": 1,
        "transaction.state.log.num.partitions": 4,
        "log.cleaner.dedupe.buffer.size": 16 * 1024 * 1024,
    }
    return "".join(f"{name}={value}\n" for name, value in settings.items())
