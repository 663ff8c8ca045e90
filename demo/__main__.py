"""``python -m demo``: makes the sample channel accounts, then becomes the launcher with the demo's day in front."""

import os
import sys

from demo.accounts import sample_accounts, write_accounts
from demo.platforms import port_of_platforms
from deploy.local import environment, lock
from deploy.local.ports import LOOPBACK, is_taken
from deploy.local.services import PortTaken


def main() -> None:
    """Raises AlreadyRunning and PortTaken before anything is written or started."""
    folder, port = environment.home(), port_of_platforms()
    if pid := lock.holder(folder):
        raise lock.AlreadyRunning(f"Huiyin runs already (pid {pid}). End it with: make down")
    if is_taken(port):
        raise PortTaken(f"Port {port} of the sample platforms is in use. Free it, or set HUIYIN_FIRST_PORT.")
    accounts = folder / "channels.yaml"
    write_accounts(accounts, sample_accounts(f"http://{LOOPBACK}:{port}"))
    print("正在启动 Kafka、Postgres 和七个服务,约半分钟;首次还要下载 Kafka。")
    print("Starting Kafka, Postgres and seven services: half a minute; the first time Kafka is fetched too.")
    sys.stdout.flush()
    os.environ["HUIYIN_CHANNELS"] = str(accounts)
    os.execv(sys.executable, [sys.executable, "-m", "deploy.local", "demo"])  # noqa: S606  no shell is wanted


if __name__ == "__main__":
    main()
