"""deploy/kubernetes: valid by the published schemas, and in step with compose and the settings."""

import re

import kubernetes_validate
import pytest
import yaml

from local_services.schema import ROOT
from saleor_config.settings.env import VARIABLES

FOLDER = ROOT / "deploy" / "kubernetes"
VERSIONS = ("1.33", "1.37")  # the oldest that is still cared for, and the newest that there is
KUSTOMIZATION = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())
RESOURCES = [
    resource
    for name in KUSTOMIZATION["resources"]
    for resource in yaml.safe_load_all((FOLDER / name).read_text())
]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
README = (FOLDER / "README.md").read_text()


def name_of(resource):
    return f"{resource['kind']}-{resource['metadata']['name']}"


def of_kind(kind):
    return {one["metadata"]["name"]: one for one in RESOURCES if one["kind"] == kind}


DEPLOYMENTS = of_kind("Deployment")
PODS = {name: one["spec"]["template"]["spec"] for name, one in DEPLOYMENTS.items()}
PODS["migrate"] = of_kind("Job")["migrate"]["spec"]["template"]["spec"]
PODS["backup"] = of_kind("CronJob")["backup"]["spec"]["jobTemplate"]["spec"]["template"]["spec"]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("resource", RESOURCES, ids=name_of)
def test_it_is_valid_by_the_published_schema(resource, version):
    kubernetes_validate.validate(resource, version, strict=True)


def test_a_misspelt_field_would_be_found():
    wrong = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "x"},
        "spec": {"prots": []},
    }

    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, VERSIONS[0], strict=True)


def test_kustomize_takes_every_file_that_is_there():
    files = {path.name for path in FOLDER.glob("*.yaml")} - {"kustomization.yaml"}

    assert set(KUSTOMIZATION["resources"]) == files
    (proxy,) = KUSTOMIZATION["configMapGenerator"]
    assert [file for file in proxy["files"] if not (FOLDER / file).exists()] == []
    mounted = next(v for v in PODS["proxy"]["volumes"] if v["name"] == "configuration")["configMap"]
    assert {item["key"] for item in mounted["items"]} == {f.split("/")[-1] for f in proxy["files"]}


def test_what_compose_starts_is_started_here_by_the_same_command():
    assert set(DEPLOYMENTS) == {"web", "proxy", "worker-payments", "worker-emails", "beat"}
    for name in ("worker-payments", "worker-emails", "beat"):
        wanted = [word.replace("$$", "$") for word in COMPOSE[name]["command"]]
        assert PODS[name]["containers"][0]["command"] == wanted
    assert PODS["migrate"]["containers"][0]["command"] == COMPOSE["setup"]["command"]


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_each_is_looked_after_and_a_database_that_is_away_restarts_none(name):
    (container,) = PODS[name]["containers"]

    assert "livenessProbe" in container
    if name in ("web", "proxy"):
        assert container["readinessProbe"]["httpGet"]["path"] in ("/readyz", "/healthz")
        assert container["livenessProbe"].get("httpGet", {}).get("path") != "/readyz"
    if DEPLOYMENTS[name]["spec"]["replicas"] > 1:
        budget = of_kind("PodDisruptionBudget")[name]["spec"]
        assert budget["selector"] == DEPLOYMENTS[name]["spec"]["selector"]
    else:
        assert DEPLOYMENTS[name]["spec"]["strategy"] == {"type": "Recreate"}


@pytest.mark.parametrize("name", PODS)
def test_each_asks_for_what_it_needs_and_has_no_more_rights_than_that(name):
    pod = PODS[name]
    (container,) = pod["containers"]

    assert container["resources"]["requests"].keys() == {"cpu", "memory"}
    assert "memory" in container["resources"]["limits"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["automountServiceAccountToken"] is False
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


def test_secrets_are_named_and_never_written_down():
    texts = "".join(path.read_text() for path in FOLDER.glob("*.yaml"))
    settings = of_kind("ConfigMap")["shop"]["data"]
    required = {name for name, one in VARIABLES.items() if one.required}

    assert of_kind("Secret") == {}
    assert "sk_live" not in texts
    assert required - set(settings) == {
        name for name in re.findall(r"`([A-Z_]+)`", README) if name in required
    }
    assert settings.keys() <= VARIABLES.keys()
    for name in set(PODS) - {"proxy"}:
        (container,) = PODS[name]["containers"]
        assert {"secretRef": {"name": "shop"}} in container["envFrom"]
