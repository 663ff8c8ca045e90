"""compose and Kubernetes: true to the published schemas, and no service forgotten anywhere."""

import importlib.util
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
import yaml

from deploy.local.services import services
from shared.accounts import BadAccounts, read_accounts
from shared.channels import CHANNELS

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
MANIFESTS = sorted((ROOT / "deploy" / "k8s").iterdir())
DOCUMENTS = [document for file in MANIFESTS for document in yaml.safe_load_all(file.read_text())]
WORKLOADS = [document for document in DOCUMENTS if document["kind"] in ("Deployment", "StatefulSet")]
ALL_SERVICES = {
    folder.name for folder in (ROOT / "services").iterdir() if folder.is_dir() and folder.name[0] not in "_."
} - {"audit"}
"""Every folder but audit's, which is run by a person as ``huiyin verify`` and then ends."""


def named(document: dict[str, Any]) -> str:
    return f"{document['kind']}-{document['metadata']['name']}"


ACCOUNTS = (ROOT / "deploy" / "channels.yaml.template").read_text(encoding="utf-8")
IN_THE_CLUSTER = next(document for document in DOCUMENTS if named(document) == "Secret-channels")


def container_of(workload: dict[str, Any]) -> dict[str, Any]:
    container: dict[str, Any] = workload["spec"]["template"]["spec"]["containers"][0]
    return container


def accounts_volume(workload: dict[str, Any]) -> list[str]:
    """The name of the volume that holds the channel accounts, if there is one."""
    volumes = workload["spec"]["template"]["spec"]["volumes"]
    return [one["name"] for one in volumes if one.get("secret") and one["secret"]["secretName"] == "channels"]


def test_the_compose_file_follows_the_published_schema() -> None:
    package = importlib.util.find_spec("check_jsonschema")  # importing it would bring its command line along
    assert package is not None
    assert package.origin is not None
    schema = Path(package.origin).parent / "builtin_schemas" / "vendor" / "compose-spec.json"
    jsonschema.validate(COMPOSE, json.loads(schema.read_text()))


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_each_manifest_follows_the_published_schema(document: dict[str, Any]) -> None:
    kubernetes_validate.validate(document, "1.33", strict=True)


def test_the_launcher_starts_every_service() -> None:
    assert {service.name for service in services()} == ALL_SERVICES


def test_compose_runs_every_service_from_the_one_image_until_stopped() -> None:
    for name in ALL_SERVICES:
        service = COMPOSE["services"][name]
        assert service["command"] == [f"services.{name}.app"]
        assert service["image"] == "huiyin:latest"
        assert service["restart"] == "unless-stopped"
        assert "/readyz" in str(service["healthcheck"]["test"])


def test_kubernetes_runs_every_service_and_asks_how_it_does() -> None:
    assert {workload["metadata"]["name"] for workload in WORKLOADS} == ALL_SERVICES
    for workload in WORKLOADS:
        container = container_of(workload)
        assert container["args"] == [f"services.{workload['metadata']['name']}.app"]
        assert container["livenessProbe"]["httpGet"]["path"] == "/healthz"
        assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
        assert {"cpu", "memory"} <= container["resources"]["requests"].keys()


def test_only_the_ledger_keeps_a_disk_of_its_own() -> None:
    assert [named(workload) for workload in WORKLOADS if workload["kind"] == "StatefulSet"] == [
        "StatefulSet-ledger"
    ]


def test_compose_gives_the_channel_accounts_to_intake_and_feedback_alone() -> None:
    holding = {name for name, of in COMPOSE["services"].items() if "channels" in of.get("secrets", [])}
    told = {name for name, of in COMPOSE["services"].items() if "HUIYIN_CHANNELS" in of["environment"]}
    assert holding == told == {"intake", "feedback"}
    for name in told:
        assert COMPOSE["services"][name]["environment"]["HUIYIN_CHANNELS"] == "/run/secrets/channels"
    assert "channels" in COMPOSE["secrets"]


def test_kubernetes_gives_the_channel_accounts_to_intake_and_feedback_alone() -> None:
    holding = {workload["metadata"]["name"]: workload for workload in WORKLOADS if accounts_volume(workload)}
    assert holding.keys() == {"intake", "feedback"}
    for workload in holding.values():
        container = container_of(workload)
        mounted = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
        file = f"{mounted[accounts_volume(workload)[0]]}/channels.yaml"
        assert container["env"] == [{"name": "HUIYIN_CHANNELS", "value": file}]


@pytest.mark.parametrize(
    "template", [ACCOUNTS, IN_THE_CLUSTER["stringData"]["channels.yaml"]], ids=["compose", "kubernetes"]
)
def test_the_template_of_the_accounts_is_read_once_its_keys_are_filled_in_and_not_before(
    template: str, tmp_path: Path
) -> None:
    file = tmp_path / "channels.yaml"
    file.write_text(template, encoding="utf-8")
    with pytest.raises(BadAccounts, match="at least 16 characters"):
        read_accounts(file)
    file.write_text(template.replace(": KEY", ": sample-secret-0123456789"), encoding="utf-8")
    assert "yichun-12345" in read_accounts(file)


def test_the_template_of_the_accounts_shows_every_channel() -> None:
    assert set(re.findall(r"channel: (\w+)", ACCOUNTS)) == set(CHANNELS)


def test_every_label_that_a_service_or_budget_selects_is_on_a_pod() -> None:
    pods = [workload["spec"]["template"]["metadata"]["labels"] for workload in WORKLOADS]
    for document in DOCUMENTS:
        if document["kind"] in ("Service", "PodDisruptionBudget"):
            chosen = document["spec"]["selector"]
            wanted = chosen.get("matchLabels", chosen).items()
            assert any(wanted <= labels.items() for labels in pods), named(document)


def test_no_process_in_a_cluster_runs_as_root_or_can_write_its_own_program() -> None:
    for workload in WORKLOADS:
        assert workload["spec"]["template"]["spec"]["securityContext"]["runAsNonRoot"] is True
        assert container_of(workload)["securityContext"]["readOnlyRootFilesystem"] is True
        assert container_of(workload)["securityContext"]["allowPrivilegeEscalation"] is False


def test_no_secret_is_written_into_compose() -> None:
    for service in COMPOSE["services"].values():
        for name, value in service["environment"].items():
            if re.search("PASSWORD|KEY|DATABASE_URL", name):
                assert "${" in value, name


def test_kafka_and_postgres_are_the_same_versions_everywhere() -> None:
    pom = (ROOT / "deploy" / "kafka" / "pom.xml").read_text()
    version = re.search(r"<kafka.version>(.+)</kafka.version>", pom)
    assert version is not None
    assert COMPOSE["services"]["kafka"]["image"] == f"apache/kafka:{version[1]}"
    assert COMPOSE["services"]["postgres"]["image"] == "postgres:18"


def test_the_lock_names_no_registry_and_pins_every_package_by_hash() -> None:
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    packages = [at for at, line in enumerate(lines) if re.match("[a-zA-Z0-9]", line)]
    assert not [line for line in lines if re.search("://|--(index|extra-index|find-links|trusted)", line)]
    assert all("==" in lines[at] and "--hash=sha256:" in lines[at + 1] for at in packages)
