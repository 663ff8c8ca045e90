"""The programs that the embedded Kafka needs, and the line that installs those that are missing."""

import re
import shutil
import subprocess

INSTALL = "sudo apt-get install -y openjdk-17-jre-headless maven"
JAVA = 17
"""The oldest Java that the broker's jars run on."""


class MissingTool(SystemExit):
    """A program is missing or too old. The message holds the line that installs it."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what}. Install with: {INSTALL}\nOr set KAFKA_BOOTSTRAP_SERVERS to a Kafka you have."
        )


def java() -> str:
    """The path of a Java that can run the broker. Raises MissingTool."""
    path = shutil.which("java")
    if path is None:
        raise MissingTool(f"Java {JAVA} is missing")
    said = subprocess.run([path, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', said)
    if found is None or int(found[1]) < JAVA:
        raise MissingTool(
            f"Java {JAVA} or newer is needed, and {path} is {found[1] if found else 'of no known version'}"
        )
    return path


def maven() -> str:
    """The path of Maven, which brings the broker's jars once. Raises MissingTool."""
    path = shutil.which("mvn")
    if path is None:
        raise MissingTool("Maven is missing")
    return path
