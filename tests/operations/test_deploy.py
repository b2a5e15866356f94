"""The samples for a server are what the programs themselves accept, and keep what the platform promises."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from gongkai.config import env
from gongkai.config.cli import build_parser

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted(path.name for path in (DEPLOY / "systemd").iterdir())


def test_nginx_accepts_the_sample(tmp_path: Path) -> None:
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    openssl = shutil.which("openssl")
    if not nginx or not openssl:
        pytest.skip("no nginx or openssl on this machine (Debian: apt install nginx-light openssl)")
    request = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=zwgk"]
    subprocess.run(
        [*request, "-keyout", str(tmp_path / "zwgk.key"), "-out", str(tmp_path / "zwgk.crt")],
        check=True,
        capture_output=True,
    )
    sample = (DEPLOY / "nginx" / "gongkai.conf").read_text(encoding="utf-8")
    for place in ("/etc/nginx/tls", "/var/log/nginx", "/var/cache/nginx"):
        sample = sample.replace(place, str(tmp_path))
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid;\nerror_log {tmp_path}/error.log;\nevents {{}}\nhttp {{\n{sample}\n}}\n", encoding="utf-8"
    )
    done = subprocess.run(
        [nginx, "-t", "-c", str(tmp_path / "nginx.conf"), "-p", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "warn" not in done.stderr


def test_nginx_throws_away_what_a_client_claims_and_hides_the_figures() -> None:
    sample = (DEPLOY / "nginx" / "gongkai.conf").read_text(encoding="utf-8")
    assert re.findall(r"proxy_set_header X-Forwarded-For (.+);", sample) == ["$remote_addr"]
    assert "location = /metrics { return 404; }" in sample
    assert "add_header" not in sample
    (page,) = re.findall(r"error_page 502 503 504 /(.+);", sample)
    assert not re.search(r"(?:src|href)=.?https?:|<script", (DEPLOY / "nginx" / page).read_text(encoding="utf-8"))
    (form,) = re.findall(r"log_format gongkai '(.+)';", sample)
    assert not {"$request", "$request_uri", "$args", "$http_referer"} & set(form.split())
    (limit,) = re.findall(r"client_max_body_size (\d+)m;", sample)
    assert int(limit) > env.UPLOAD_LIMIT_MB


@pytest.mark.parametrize("name", UNITS)
def test_systemd_units_are_well_formed_and_call_commands_that_exist(name: str) -> None:
    text = (DEPLOY / "systemd" / name).read_text(encoding="utf-8")
    assert text.startswith(("[Unit]", "#"))
    parser = build_parser()
    for command in re.findall(r"/gongkai ((?:serve|worker|tick|setup)[^\n'\"]*)", text):
        parser.parse_args(command.split())
    if name.endswith(".service"):
        assert "User=gongkai" in text
        assert "NoNewPrivileges=yes" in text
    else:
        assert (DEPLOY / "systemd" / name.replace(".timer", ".service")).exists()


def test_systemd_itself_finds_nothing_wrong_in_the_units() -> None:
    analyze = shutil.which("systemd-analyze")
    if not analyze:
        pytest.skip("no systemd on this machine")
    units = [str(DEPLOY / "systemd" / name) for name in UNITS]
    done = subprocess.run([analyze, "verify", *units], capture_output=True, text=True, check=False)
    wrong = [line for line in done.stderr.splitlines() if re.search(r"Unknown|Invalid|parse|Failed to parse", line)]
    assert wrong == []


def test_the_sample_environment_names_settings_that_exist() -> None:
    lines = (DEPLOY / "environment.example").read_text(encoding="utf-8").splitlines()
    names = {line.partition("=")[0] for line in lines if line and not line.startswith("#")}
    assert names - {"PYTHONPATH"} <= set(env.SETTINGS)
