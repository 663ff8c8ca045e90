"""The settings of a process: read once, typed, frozen; a missing one stops the start and names itself."""

from pathlib import Path

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict


class MissingSetting(SystemExit):
    """A setting is missing or not of its form. The process does not start; set the variable that is named."""


class Settings(BaseSettings):
    """Each field is one environment variable: the two well-known names, else ``HUIYIN_`` and the field's name."""

    model_config = SettingsConfigDict(
        env_prefix="HUIYIN_", frozen=True, extra="ignore", populate_by_name=True
    )

    kafka: str = Field(validation_alias="KAFKA_BOOTSTRAP_SERVERS")
    """Addresses of Kafka's brokers: ``host:port``, several joined by commas."""
    database: str = Field(validation_alias="DATABASE_URL")
    """Postgres: ``postgresql://user:password@host:port/name``."""
    master_key: SecretStr
    """Base64 of the 32 bytes that wrap every ticket's key."""
    data: Path = Path(".run")
    """Folder for the ledger's stores and the sealed attachments."""
    partitions: int = 4
    """Of both topics of a book; fixed for life (design §2)."""
    topic_prefix: str = ""
    """Put before every topic and group name, so that several systems can share a broker."""
    log_epoch: int = 1
    """Rises when the commands topic is ever made anew, so that ``source`` never repeats."""
    host: str = "127.0.0.1"
    """Address that the service listens on; ``0.0.0.0`` within a container."""
    port: int = 8000
    """Port that the service listens on."""
    uploads_kept: int = Field(default=30, ge=1)
    """Days after which a file is cleared that somebody uploaded and never submitted; what a draft names stays."""
    channels: Path | None = None
    """YAML file with the channel accounts: keys, addresses, jurisdictions."""
    trace_sample: float = 0.01
    """Share of traces kept; refusals and errors are always kept."""
    otlp_endpoint: str | None = Field(default=None, validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT")
    """Where spans go; without it they go to files under ``data``/traces, the latest 64 MiB of each service."""

    def topic(self, name: str) -> str:
        """The full name of a topic: prefix and name."""
        return f"{self.topic_prefix}{name}"


def read_settings() -> Settings:
    """The settings from the environment.

    Raises MissingSetting, which ends the process, with every variable that is missing or malformed.
    """
    try:
        return Settings()  # type: ignore[call-arg]
    except ValidationError as error:
        wrong = "; ".join(f"{_variable(e['loc'])}: {e['msg']}" for e in error.errors())
        raise MissingSetting(f"settings: {wrong}. See docs/reference/settings.md.") from None


def _variable(loc: tuple[int | str, ...]) -> str:
    name = str(loc[0]) if loc else "?"
    return name if name.isupper() else f"HUIYIN_{name.upper()}"
