"""What is under deploy/ fits the program: settings, routes, probes, counters, packages."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import uuid
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from prometheus_client.metrics import MetricWrapperBase

from channels import metrics
from server.settings import Settings
from tests.services import ROOT, BotServer, free_port, running

DEPLOY = ROOT / "deploy"
INSIDE = (
    *("/webhooks/rest/webhook", "/metrics", "/ready", "/health"),
    *("/model/parse", "/conversations/x/tracker", "/status", "/desk", "/desk/login"),
)
# Whether it may be asked, still lives, has begun.
PROBES = {"readiness": "/ready", "liveness": "/health", "startup": "/health"}


def manifests() -> list[dict[str, Any]]:
    found = []
    for file in sorted((DEPLOY / "kubernetes").glob("*.yaml")):
        found += [each for each in yaml.safe_load_all(file.read_text()) if each]
    return found


def bots() -> dict[str, Any]:
    """The deployment of the bots."""
    (found,) = [
        each
        for each in manifests()
        if (each["kind"], each.get("metadata", {}).get("name")) == ("Deployment", "bot")
    ]
    return found


def test_every_variable_is_a_setting() -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yml").read_text())
    (kustomization,) = [each for each in manifests() if each["kind"] == "Kustomization"]
    bot = bots()
    container = bot["spec"]["template"]["spec"]["containers"][0]
    dockerfile = (DEPLOY / "Dockerfile").read_text()
    used = {
        *compose["services"]["bot"]["environment"],
        *(entry["name"] for entry in container["env"]),
        *(line.split("=")[0] for line in kustomization["configMapGenerator"][0]["literals"]),
        *re.findall(r"^\s+(?:ENV )?([A-Z_]+)=", dockerfile[dockerfile.index("ENV HOST") :], re.M),
    }
    known = {name.upper() for name in Settings.__struct_fields__} | {"VAR", "LOG_FORMAT"}
    known |= {"WEB_SECRET", "REST_KEYS", "HANDOVER_SECRET", "SHARED_DIR", "PYTHONUNBUFFERED"}
    others = {name for name in used - known if not name.startswith(("GATE_", "WECHAT_"))}
    assert not others
    assert {"DB_URL", "REDIS_URL", "WEB_SECRET"} <= used


def test_examples_name_what_the_files_ask_for() -> None:
    asked = set(re.findall(r"\$\{([A-Z_]+)", (DEPLOY / "compose.yml").read_text()))
    given = set(re.findall(r"^([A-Z_]+)=", (DEPLOY / ".env.example").read_text(), re.M))
    assert asked == given
    keys = {
        entry["valueFrom"]["secretKeyRef"]["key"]
        for each in manifests()
        if each["kind"] in ("Deployment", "StatefulSet")
        for container in each["spec"]["template"]["spec"]["containers"]
        for entry in container.get("env", ())
        if "valueFrom" in entry
    }
    example = (DEPLOY / "kubernetes" / "secrets.env.example").read_text()
    assert keys == set(re.findall(r"^([A-Z_]+)=", example, re.M))


def test_data_and_settings_are_mounted_and_versions_shared() -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yml").read_text())["services"]["bot"]
    mounted = dict(volume.split(":")[1::-1] for volume in compose["volumes"])
    assert mounted["/app/data"] == "../data"
    assert mounted["/app/settings"] == "../settings"
    assert compose["environment"]["SHARED_DIR"] in mounted
    objects = manifests()
    bot = bots()
    spec = bot["spec"]["template"]["spec"]
    (claim,) = [each for each in objects if each["kind"] == "PersistentVolumeClaim"]
    assert claim["spec"]["accessModes"] == ["ReadWriteMany"]
    name = claim["metadata"]["name"]
    (volume,) = [each for each in spec["volumes"] if "persistentVolumeClaim" in each]
    assert volume["persistentVolumeClaim"]["claimName"] == name
    (kustomization,) = [each for each in objects if each["kind"] == "Kustomization"]
    assert "content.yaml" in kustomization["resources"]
    literals = dict(
        each.split("=", 1) for each in kustomization["configMapGenerator"][0]["literals"]
    )
    mounts = spec["containers"][0]["volumeMounts"]
    places = {each["mountPath"]: each["subPath"] for each in mounts if each["name"] == name}
    assert places == {
        "/app/data": "data",
        "/app/settings": "settings",
        literals["SHARED_DIR"]: "shared",
    }


def test_the_volume_is_filled_once_and_edits_stay(tmp_path: Path) -> None:
    bot = bots()
    (filling,) = bot["spec"]["template"]["spec"]["initContainers"]
    for part in ("data", "settings"):
        (tmp_path / "app" / part).mkdir(parents=True)
        (tmp_path / "app" / part / "file.yml").write_text("as in the image")
    (tmp_path / "content").mkdir()
    script = filling["args"][0]
    for place in ("app", "content"):
        script = script.replace(f"/{place}/", f"{tmp_path}/{place}/")
    command = [*filling["command"], script]
    for content in ("as in the image", "edited"):
        subprocess.run(command, check=True, env={**os.environ, "HOSTNAME": "bot-1"})
        for part in ("data", "settings"):
            file = tmp_path / "content" / part / "file.yml"
            assert file.read_text() == content
            file.write_text("edited")
        assert sorted(os.listdir(tmp_path / "content")) == ["data", "settings", "shared"]


def test_promtool_takes_the_rules_and_overdue_facts_raise_an_alert(tmp_path: Path) -> None:
    if not shutil.which("promtool"):
        pytest.skip("promtool (Debian: prometheus) is not installed")
    rules = DEPLOY / "prometheus" / "alerts.yml"
    (alert,) = [
        rule
        for group in yaml.safe_load(rules.read_text(encoding="utf-8"))["groups"]
        for rule in group["rules"]
        if rule["alert"] == "FactsOverdue"
    ]
    # Of two workers, one has counted already; a day later the operator is told.
    series = [
        {"series": 'yibao_overdue_facts{instance="a"}', "values": "0x3000"},
        {"series": 'yibao_overdue_facts{instance="b"}', "values": "0x60 2x2940"},
    ]
    told = {"exp_annotations": alert["annotations"]}
    cases = [
        {"eval_time": moment, "alertname": "FactsOverdue", "exp_alerts": expected}
        for moment, expected in (("1h", []), ("20h", []), ("26h", [told]))
    ]
    test = {
        "rule_files": [str(rules)],
        "tests": [{"interval": "1m", "input_series": series, "alert_rule_test": cases}],
    }
    (tmp_path / "test.yml").write_text(yaml.safe_dump(test, allow_unicode=True), encoding="utf-8")
    for command in (["check", "rules", str(rules)], ["test", "rules", str(tmp_path / "test.yml")]):
        done = subprocess.run(["promtool", *command], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_pods_are_as_the_guide_promises() -> None:
    guide = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    objects = manifests()
    (scaler,) = [each for each in objects if each["kind"] == "HorizontalPodAutoscaler"]
    assert scaler["spec"]["minReplicas"] == 2
    assert f"自动加到 {scaler['spec']['maxReplicas']} 个" in guide
    assert {"PodDisruptionBudget", "NetworkPolicy"} <= {each["kind"] for each in objects}
    bot = bots()["spec"]["template"]["spec"]
    (container,) = bot["containers"]
    probes = {kind: container[f"{kind}Probe"]["httpGet"]["path"] for kind in PROBES}
    assert probes == PROBES
    assert bot["securityContext"]["runAsNonRoot"]
    assert container["securityContext"]["readOnlyRootFilesystem"]
    compose = yaml.safe_load((DEPLOY / "compose.yml").read_text())["services"]["bot"]
    assert compose["read_only"]
    (user,) = re.findall(r"^USER (.+)$", (DEPLOY / "Dockerfile").read_text(), re.M)
    assert user not in ("0", "root")


def test_image_and_make_use_the_same_uv() -> None:
    image = re.search(r"astral-sh/uv:([\d.]+)", (DEPLOY / "Dockerfile").read_text())
    script = re.search(r"UV_VERSION=([\d.]+)", (ROOT / "scripts" / "environment.sh").read_text())
    assert image
    assert script
    assert image[1] == script[1]


def test_the_ingress_forwards_only_what_people_use() -> None:
    (ingress,) = [each for each in manifests() if each["kind"] == "Ingress"]
    paths = [path["path"] for path in ingress["spec"]["rules"][0]["http"]["paths"]]
    assert paths == ["/chat", "/webhooks/wechat"]


def test_the_dashboard_and_the_alerts_ask_for_counters_that_exist() -> None:
    names = set()
    for counter in (each for each in vars(metrics).values() if isinstance(each, MetricWrapperBase)):
        (family,) = counter.describe()
        suffixes = {"histogram": ("_bucket", "_count", "_sum"), "gauge": ("",)}
        names |= {family.name + suffix for suffix in suffixes.get(family.type, ("_total",))}
    dashboard = (DEPLOY / "grafana" / "dashboard.json").read_text(encoding="utf-8")
    json.loads(dashboard)
    alerts = (DEPLOY / "prometheus" / "alerts.yml").read_text(encoding="utf-8")
    asked = set(re.findall(r"\byibao_\w+", dashboard + alerts))
    assert len(asked) >= 8
    assert asked <= names


def test_the_server_runs_without_what_the_image_leaves_out(model: Path, tmp_path: Path) -> None:
    """Whoever imports one of the packages fails, unless there is a stand-in for it."""
    program = """
import importlib.abc, sys
from pathlib import Path
lines = Path("deploy/unused-at-runtime.txt").read_text().splitlines()
gone = {line.removesuffix(".py") for line in lines if line and not line.startswith("#")}
class Gone(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name.partition(".")[0] in gone:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Gone())
import runpy
sys.argv = ["server", "run"]
runpy.run_module("server", run_name="__main__")
"""
    port = free_port()
    environment = {"PORT": str(port), "VAR": str(tmp_path), "MODEL": str(model)}
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=os.environ | environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline:
            try:
                if requests.get(f"{url}/ready", timeout=2).status_code == 200:
                    break
            except requests.RequestException:
                time.sleep(0.1)
        body = {"sender": "x", "message": "我妈75岁在上海退休，医保每年打多少钱"}
        answer = requests.post(f"{url}/webhooks/rest/webhook", json=body, timeout=10).json()
        assert "1890" in answer[0]["text"]
    finally:
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=30)[1]
    assert "ModuleNotFoundError" not in said


@pytest.fixture(scope="module")
def proxied(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The bot behind nginx with the configuration as it is, but on other ports."""
    if not (shutil.which("nginx") and shutil.which("openssl")):
        pytest.skip("nginx or openssl is not installed")
    folder = tmp_path_factory.mktemp("proxied")
    with running(model, folder, GATE_TRUSTED_PROXIES="127.0.0.1") as bot:
        yield behind_nginx(bot, folder)
        pid = int((folder / "nginx.pid").read_text())
        os.kill(pid, signal.SIGTERM)


def behind_nginx(bot: BotServer, folder: Path) -> str:
    plain, tls = free_port(), free_port()
    certificate = ["-keyout", str(folder / "tls.key"), "-out", str(folder / "tls.crt")]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost"]
    subprocess.run([*command, *certificate], check=True, capture_output=True)
    text = (DEPLOY / "nginx.conf").read_text()
    changes = {
        "listen 8080": f"listen 127.0.0.1:{plain}",
        "listen 8443": f"listen 127.0.0.1:{tls}",
        "/etc/nginx/certs": str(folder),
        "/tmp/nginx": str(folder / "nginx"),
        "http://bot:5005": bot.url,
    }
    version = subprocess.run(["nginx", "-v"], capture_output=True, text=True, check=True).stderr
    if tuple(map(int, re.findall(r"\d+", version)[:2])) < (1, 25):
        changes["        http2 on;\n"] = ""
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    (folder / "nginx.conf").write_text(text)
    subprocess.run(["nginx", "-c", str(folder / "nginx.conf")], check=True)
    return f"https://127.0.0.1:{tls}"


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_the_proxy_forwards_only_what_people_use(proxied: str) -> None:
    for path in INSIDE:
        for method in ("GET", "POST"):
            answer = requests.request(method, proxied + path, json={}, verify=False, timeout=5)
            assert answer.status_code == 404, path
    # The page's own calls have an Origin with the port, which is not 443 here.
    own = {"Origin": proxied}
    session = requests.post(f"{proxied}/chat/session", headers=own, verify=False, timeout=5)
    assert session.status_code == 200, session.text
    own["Authorization"] = f"Bearer {session.json()['token']}"
    body = {"id": str(uuid.uuid4()), "text": "医保卡余额怎么查"}
    ask = partial(requests.post, f"{proxied}/chat/message", verify=False, timeout=10)
    answer = ask(json=body, headers=own)
    assert answer.json()["replies"][0]["custom"]["status"] == "answered"
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["X-Request-ID"])
    assert ask(json=body, headers={**own, "Origin": "https://evil.example"}).status_code == 403
    assert requests.head(f"{proxied}/chat", verify=False, timeout=5).status_code == 200
    assert ask(json={**body, "text": "长" * 40_000}, headers=own).status_code == 413


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_the_proxy_slows_a_flood_down(proxied: str) -> None:
    with requests.Session() as client:
        calls = [client.get(f"{proxied}/chat/config", verify=False, timeout=5) for _ in range(60)]
    assert 429 in [call.status_code for call in calls]


def test_everything_is_valid() -> None:
    done = subprocess.run(
        [str(DEPLOY / "validate.sh")], capture_output=True, text=True, check=False
    )
    if done.returncode == 3:
        pytest.skip(done.stderr.strip().splitlines()[-1])
    assert done.returncode == 0, done.stdout + done.stderr
