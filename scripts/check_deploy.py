#!/usr/bin/env python3
"""Looks through the files below deploy/; .ci/deploy-files runs it.

    scripts/check_deploy.py [--binary MAINSTAY]
    scripts/check_deploy.py --dashboard-rules    the dashboard's expressions, for promtool

Needs PyYAML and kubernetes-validate (.ci/requirements.txt). The chart is rendered by `helm`, if it is
installed, or by helm-python-sdk (0.2.2), which is Helm's own engine for Python; without either that is
skipped aloud.
"""

import argparse
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
CHART = DEPLOY / "helm/mainstay"
# The oldest that Chart.yaml lets in, and the newest that kubernetes-validate knows.
KUBERNETES = ["1.27", "1.37"]
WRONG = []


def check(holds, sentence):
    if not holds:
        WRONG.append(sentence)


def documents(path):
    return [one for one in yaml.safe_load_all(path.read_text(encoding="utf-8")) if one]


# ---- how long an end may take ----

# What docs/operations.md grants Redis, the collectors and the database behind the two settings.
BEHIND = 20


def longest_end():
    """The most seconds that a server with nothing but its defaults needs to end."""
    source = (ROOT / "crates/server/src/config/server.rs").read_text(encoding="utf-8")
    spans = [re.search(rf'"server\.{name}".*?"(\d+)(m?s)"', source, re.DOTALL)
             for name in ("drain_pause", "shutdown_timeout")]
    return BEHIND + sum(int(span[1]) / (1000 if span[2] == "ms" else 1) for span in spans)


def ends_in_peace(where, granted):
    """A platform kills what has not ended by then."""
    seconds = int(re.fullmatch(r"(\d+)s?", str(granted or 0))[1])
    check(seconds > longest_end(), f"{where}: gets {seconds} s to end, and may need {longest_end()} s")


def systemd():
    unit = (DEPLOY / "systemd/mainstay.service").read_text(encoding="utf-8")
    ends_in_peace("mainstay.service", re.search(r"(?m)^TimeoutStopSec=(.*)$", unit)[1])


# ---- compose ----


def compose():
    example = (DEPLOY / "compose/example.env").read_text(encoding="utf-8")
    offered = set(re.findall(r"(?m)^([A-Z0-9_]+)=", example))
    check(not re.search(r"(?m)^[A-Z0-9_]+=.", example), "example.env gives a value: nobody would change it")
    used, environments = set(), {}
    for path in sorted((DEPLOY / "compose").glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        if "services:" not in text:
            continue
        variables = set(re.findall(r"(?<!\$)\$\{([A-Z0-9_]+)(?::\?[^}]*)?\}", text))
        required = set(re.findall(r"\$\{([A-Z0-9_]+):\?", text))
        check(variables == required, f"{path.name}: {variables - required} may be empty")
        used |= variables
        for name, service in yaml.safe_load(text)["services"].items():
            service_is_sound(path, name, service)
            if service["image"] == "mainstay:local":
                environments[f"{path.name}: {name}"] = service["environment"]
    check(used == offered, f"example.env and the compose files differ in {used ^ offered}")
    return environments


def service_is_sound(path, name, service):
    where = f"{path.name}: {name}"
    tag = service["image"].rpartition(":")[2]
    check(re.search(r"\d", tag) or tag == "local", f"{where}: {service['image']} is not pinned")
    for key, value in (service.get("environment") or {}).items():
        secret = re.search(r"PASSWORD|SECRET|_KEY\b|_KEY_ID|PWD", key)
        check(not secret or str(value).startswith("${"), f"{where}: {key} stands in the file")
    for mount in service.get("volumes", []):
        source = mount.split(":")[0]
        check(not source.startswith(".") or (path.parent / source).exists(), f"{where}: {source} is not there")
    for port in service.get("ports", []):
        check(port.startswith("127.0.0.1:"), f"{where}: {port} is open to everybody")
    if service["image"] == "mainstay:local":
        check(service.get("read_only") and service.get("cap_drop") == ["ALL"], f"{where}: it may do too much")
        ends_in_peace(where, service.get("stop_grace_period"))


# ---- kubernetes ----


class Refused(Exception):
    """The chart does not take these values."""


def engine():
    """Who renders the chart: `helm`, its engine as a library, or nobody."""
    if shutil.which("helm"):
        return rendered_by_command
    if importlib.util.find_spec("helm_python"):
        return rendered_by_library
    return None


def rendered_by_command(values, name="mainstay"):
    """What `helm template` makes."""
    command = ["helm", "template", name, str(CHART), "--namespace", "mainstay", "--values", "-"]
    answer = subprocess.run(command, input=yaml.safe_dump(values), capture_output=True, text=True)
    if answer.returncode != 0:
        raise Refused(answer.stderr.strip())
    return [one for one in yaml.safe_load_all(answer.stdout) if one]


def rendered_by_library(values, name="mainstay"):
    """The same without the program."""
    from helm_python import errors
    from helm_python.chart import Chart

    try:
        files = Chart.load(CHART).render(values, name=name, namespace="mainstay")
    except errors.HelmValuesError as error:
        raise Refused(str(error)) from error
    texts = [text for path, text in sorted(files.items()) if path.endswith(".yaml")]
    return [one for text in texts for one in yaml.safe_load_all(text) if one]


def plain():
    """The manifests as kustomize would name them, by kind."""
    files = sorted((DEPLOY / "kubernetes").rglob("*.yaml"))
    return [one for path in files if path.name != "kustomization.yaml" for one in documents(path)]


VARIANTS = [
    {},
    {"worker": {"replicas": 2}, "config": {"MAINSTAY_JOBS__IN_PROCESS": "false"}},
    {"autoscaling": {"enabled": False}, "migrate": {"job": False}, "networkPolicy": {"enabled": False}},
    {"ingress": {"enabled": True}, "persistence": {"existingClaim": "files"}, "podAnnotations": {"a": "b"}},
    {"image": {"digest": "sha256:" + "0" * 64, "pullSecrets": ["registry"]}, "nodeSelector": {"a": "b"},
     "tolerations": [{"operator": "Exists"}], "affinity": {"nodeAffinity": {}}, "service": {"type": "LoadBalancer"}},
    {"config": {"REDIS_URL_FILE": "/run/secrets/mainstay/redis-url"}, "networkPolicy": {"egressPorts": [443, 5432, 6379]}},
]
REFUSED = [
    {"config": {"SECRET_KEY": "x"}},
    {"config": {"MAINSTAY_MAIL__PASSWORD": "x"}},
    {"config": {"REDIS_URL": "redis://:x@redis"}},
    {"config": {"MAINSTAY_REDIS__URL": "redis://:x@redis"}},
    {"config": {"MAINSTAY_STORAGE__SECRET_ACCESS_KEY": "x"}},
    {"config": {"MAINSTAY_SERVER__MANAGEMENT_PORT": "9"}},
    {"image": {"tag": "latest"}},
    {"imge": {}},
    {"resources": {"limits": {"memory": None}}},
    {"replicas": 0},
]


def kubernetes():
    import kubernetes_validate

    manifests = [(one, version) for one in plain() for version in KUBERNETES]
    render = engine()
    if render:
        variants = [one for values in VARIANTS for one in render(values)] + render({}, "acme")
        manifests += [(one, KUBERNETES[-1]) for one in variants]
        chart_refuses(render)
        same_as_chart(render)
    else:
        print("chart: SKIPPED, there is neither helm nor helm-python-sdk")
    for manifest, version in manifests:
        try:
            kubernetes_validate.validate(manifest, version, strict=True)
        except kubernetes_validate.ValidationError as error:
            check(False, f"{manifest['kind']} against {version}: {error.message}")
        if manifest["kind"] in ("Deployment", "Job"):
            pod_is_restricted(manifest)
    return next(one["data"] for one in plain() if one["kind"] == "ConfigMap")


def chart_refuses(render):
    """Values that are wrong are not taken in silence."""
    for values in REFUSED:
        try:
            render(values)
            check(False, f"the chart takes {values}")
        except Refused:
            pass


def pod_is_restricted(manifest):
    """What the pod security standard `restricted` asks, and what we ask besides."""
    kind, spec = manifest["kind"], manifest["spec"]["template"]["spec"]
    pod = spec["securityContext"]
    check(pod["runAsNonRoot"] and pod["seccompProfile"]["type"] == "RuntimeDefault", f"{kind}: may be root")
    check(spec["automountServiceAccountToken"] is False, f"{kind}: gets a token")
    check(spec["enableServiceLinks"] is False, f"{kind}: gets variables of services")
    if kind == "Deployment":
        ends_in_peace(kind, spec.get("terminationGracePeriodSeconds"))
    for container in spec["containers"]:
        rights = container["securityContext"]
        check(rights["readOnlyRootFilesystem"], f"{kind}: writes to its root")
        check(rights["allowPrivilegeEscalation"] is False, f"{kind}: gains rights")
        check(rights["capabilities"] == {"drop": ["ALL"]}, f"{kind}: has capabilities")
        check({"cpu", "memory"} <= container["resources"]["limits"].keys(), f"{kind}: has no limits")
        probes = [container.get(name) for name in ("startupProbe", "livenessProbe", "readinessProbe")]
        check(kind == "Job" or all(probes), f"{kind}: is not asked how it is")


# Where the two may differ: the chart says whose everything is, and a hook stands by itself.
OWN = {"labels", "matchLabels", "selector", "podSelector", "labelSelector", "annotations", "namespace"}
HOOK = {"env", "envFrom", "serviceAccountName"}


def bare(value, left_out):
    if isinstance(value, dict):
        return {key: bare(inner, left_out) for key, inner in value.items() if key not in left_out}
    return [bare(inner, left_out) for inner in value] if isinstance(value, list) else value


def same_as_chart(render):
    def by_kind(manifests):
        defaults = {"imagePullPolicy"}
        skip = {kind: OWN | defaults | (HOOK if kind == "Job" else set()) for kind in {m["kind"] for m in manifests}}
        return {one["kind"]: bare(one, skip[one["kind"]]) for one in manifests}

    ours, chart = by_kind(plain()), by_kind(render({"ingress": {"enabled": True}}))
    check(set(ours) - set(chart) == {"Namespace", "Secret"}, f"kinds differ: {set(ours) ^ set(chart)}")
    for kind in set(ours) & set(chart):
        check(ours[kind] == chart[kind], f"{kind} of deploy/kubernetes and of the chart differ")


# ---- figures ----


def dashboard_expressions():
    board = json.loads((DEPLOY / "grafana/mainstay.json").read_text(encoding="utf-8"))
    ids = [panel["id"] for panel in board["panels"]]
    check(len(ids) == len(set(ids)), "two panels of the dashboard have one id")
    targets = [target["expr"] for panel in board["panels"] for target in panel.get("targets", [])]
    variables = [str(variable.get("definition", "")) for variable in board["templating"]["list"]]
    return targets, variables


def metrics(scrape):
    """Every name that is shown or alerted on is one that the code writes."""
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "crates").rglob("*.rs"))
    written = set(re.findall(r'"(mainstay_[a-z_]+)"', source))
    written |= {name + end for name in written if name.endswith("_seconds") for end in ("_bucket", "_sum", "_count")}
    targets, variables = dashboard_expressions()
    text = "\n".join(targets + variables) + (DEPLOY / "prometheus/alerts.yaml").read_text(encoding="utf-8")
    used = set(re.findall(r"\bmainstay_[a-z_]+", text))
    check(used <= written, f"nothing writes {sorted(used - written)}")
    if scrape:
        # The others appear with the first event of their kind.
        at_once = {"mainstay_build_info", "mainstay_http_requests_total", "mainstay_http_requests_in_flight",
                   "mainstay_http_request_duration_seconds_bucket"}
        seen = set(re.findall(r"(?m)^(mainstay_[a-z_]+)", scrape))
        check(at_once <= seen, f"a running server does not show {sorted(at_once - seen)}")
        check(seen <= written, f"a running server shows names that the source does not: {sorted(seen - written)}")
    return used


def dashboard_rules():
    targets, _ = dashboard_expressions()
    rules = [{"record": f"panel:{index}", "expr": expr.replace("$__rate_interval", "5m")}
             for index, expr in enumerate(targets)]
    return yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]})


# ---- with a binary ----


def settings(binary, environments):
    """Would a server start with these? Variables get values, files that are read get contents."""
    with tempfile.TemporaryDirectory() as folder:
        secret = Path(folder) / "secret"
        secret.write_text("q3wZ-not-a-real-key-0123456789-abcdefgh\n", encoding="utf-8")
        database = Path(folder) / "database"
        database.write_text("postgres://mainstay:secret@db.example.com/mainstay\n", encoding="utf-8")
        for where, environment in environments.items():
            env = {key: value_of(key, str(value), secret, database) for key, value in environment.items()}
            answer = subprocess.run([binary, "config", "check"], env=env, cwd=folder, capture_output=True, text=True)
            check(answer.returncode == 0, f"{where}: {answer.stderr.strip()}")


def value_of(key, value, secret, database):
    if key.endswith("_FILE"):
        return str(database if key == "DATABASE_URL_FILE" else secret)
    return re.sub(r"\$\{[^}]*\}", "q3wZ-not-a-real-key-0123456789-abcdefgh", value)


def environment_file(path):
    return dict(re.findall(r"(?m)^([A-Z0-9_]+)=(.*)$", path.read_text(encoding="utf-8")))


def scrape_of(binary):
    """What /metrics of a server with nothing but its defaults shows."""
    with tempfile.TemporaryDirectory() as folder:
        script = '. "$1/.ci/server.sh"; start_server "$2"; curl -fsS "$BASE/metrics"'
        env = {**os.environ, "MAINSTAY_STORAGE__ROOT": f"{folder}/files", "LOG_LEVEL": "warn"}
        return subprocess.run(["bash", "-euc", script, "-", str(ROOT), binary], env=env, check=True,
                              capture_output=True, text=True).stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary")
    parser.add_argument("--dashboard-rules", action="store_true")
    asked = parser.parse_args()
    if asked.dashboard_rules:
        print(dashboard_rules())
        return
    systemd()
    environments = compose()
    environments["configmap.yaml"] = kubernetes()
    environments["mainstay.env"] = environment_file(DEPLOY / "systemd/mainstay.env")
    used = metrics(scrape_of(asked.binary) if asked.binary else "")
    if asked.binary:
        settings(asked.binary, environments)
    if WRONG:
        sys.exit("\n".join(WRONG))
    print(f"compose, kubernetes, chart: in order; {len(used)} names of figures, all of them written by the code")
    if asked.binary:
        print(f"config check: content with {', '.join(environments)}")


if __name__ == "__main__":
    main()
