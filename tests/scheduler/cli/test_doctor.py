"""`doctor` finds what would fail tonight and changes nothing; `config show` says where each value is from."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from scheduler.cli import doctor_checks
from scheduler.sections.services import Kibana
from scheduler.settings import Mail, Settings, Smtp
from scheduler.state.last_backup import note_failure
from tests.conftest import free_port
from tests.scheduler.cli.conftest import Pantau
from tests.scheduler.mail.server import PASSWORD, USER, smtp_server

NOW = datetime(2026, 3, 5, 8, 0, tzinfo=UTC)


def test_what_would_fail_tonight_is_bad_with_a_remedy_and_exit_1(
    pantau: Pantau, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note_failure(tmp_path / "var", "the disk is full", NOW)
    port = free_port()
    monkeypatch.setenv("PANTAU_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("PANTAU_SMTP_PORT", str(port))
    done = pantau("doctor", "--json")
    assert done.code == 1
    levels = {one["subject"]: one["level"] for one in done.lines}
    assert {name for name, level in levels.items() if level == "bad"} == {"backup", "elasticsearch", "mail server"}
    assert {"versions", "clock", "state", "operator", "ping"} <= set(levels)
    assert any(name.startswith("disk of ") for name in levels)
    assert all(one["do"] for one in done.lines if one["level"] != "well")
    assert not (tmp_path / "var" / "state").exists(), "it only looks"


def test_with_a_configuration_that_cannot_be_read_the_rest_is_looked_at(pantau: Pantau, tmp_path: Path) -> None:
    (tmp_path / "config" / "pantau.toml").write_text("[web]\nprot = 1\n")
    done = pantau("doctor", "--json")
    assert done.code == 1
    (bad,) = [one for one in done.lines if one["level"] == "bad"]
    assert bad["subject"] == "configuration"
    assert "did you mean port?" in bad["sentence"]
    assert "versions" in {one["subject"] for one in done.lines}


@pytest.mark.slow
def test_on_the_real_engine_the_index_that_is_missing_is_a_warning(with_engine: Pantau) -> None:
    done = with_engine("doctor", "--json")
    (finding,) = [one for one in done.lines if one["subject"] == "elasticsearch"]
    assert (finding["level"], "has no index yet" in finding["sentence"]) == ("warning", True)
    assert with_engine("index", "setup").code == 0
    done = with_engine("doctor", "--json")
    (finding,) = [one for one in done.lines if one["subject"] == "elasticsearch"]
    assert finding["level"] == "well"
    assert done.code == 0


def test_a_mail_server_is_asked_with_its_login_and_certificate_and_nothing_is_sent(tmp_path: Path) -> None:
    with smtp_server(tmp_path) as server:
        login = {"user": USER, "password": PASSWORD, "ca_file": server.ca_file}
        smtp = Smtp(host="localhost", port=server.port, **login)
        settings = Settings(config=tmp_path, var=tmp_path, mail=Mail(smtp=smtp))
        finding = doctor_checks.mail_server(settings)
        assert (finding.level, finding.remedy) == ("well", ""), finding.sentence
        assert finding.sentence.endswith("answers and takes the login")
        (end,) = doctor_checks.certificates(settings, datetime.now(UTC))
        assert (end.subject, end.level) == ("certificate of the mail server", "well")
        wrong = settings.model_copy(
            update={"mail": Mail(smtp=Smtp(host="localhost", port=server.port, **login | {"password": "x"}))}
        )
        finding = doctor_checks.mail_server(wrong)
        assert (finding.level, "refuses the login" in finding.sentence) == ("bad", True)
        assert not server.post.accepted


@contextmanager
def speaking_tls(certificate: trustme.LeafCert) -> Iterator[int]:
    """A server that does nothing but show a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(30)

    def serve() -> None:
        try:
            plain, _ = listener.accept()
            with context.wrap_socket(plain, server_side=True) as secured:
                secured.recv(1)
        except OSError:
            return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listener.getsockname()[1]
    listener.close()
    thread.join(10)


@pytest.mark.parametrize(("days", "level"), [(0.5, "bad"), (10, "warning"), (200, "well")])
def test_the_end_of_a_certificate_is_told_in_time(tmp_path: Path, days: float, level: str) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    now = datetime.now(UTC)
    leaf = authority.issue_cert("127.0.0.1", not_after=now + timedelta(days=days))
    with speaking_tls(leaf) as port:
        desk = Kibana(url=f"https://127.0.0.1:{port}", ca_file=tmp_path / "ca.pem")
        (finding,) = doctor_checks.certificates(Settings(config=tmp_path, var=tmp_path, kibana=desk), now)
    assert (finding.subject, finding.level) == ("certificate of kibana", level), finding.sentence


def test_a_certificate_that_is_not_trusted_is_bad(tmp_path: Path) -> None:
    with speaking_tls(trustme.CA().issue_cert("127.0.0.1")) as port:
        desk = Kibana(url=f"https://127.0.0.1:{port}")
        (finding,) = doctor_checks.certificates(Settings(config=tmp_path, var=tmp_path, kibana=desk), NOW)
    assert (finding.level, "certificate" in finding.sentence) == ("bad", True)


def test_config_show_says_where_each_value_is_from_and_no_secret(
    pantau: Pantau, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PANTAU_WEB_PORT", "8999")
    monkeypatch.setenv("PANTAU_SMTP_PASSWORD", "rahasia")
    monkeypatch.setenv("PANTAU_PING_URL", "https://rahasia.example.org/x")
    monkeypatch.setenv("PANTAU_STATE_URL", "postgresql://pantau:rahasia@127.0.0.1/pantau?password=rahasia")
    (tmp_path / "web-token").write_text("rahasia")
    monkeypatch.setenv("PANTAU_WEB_TOKEN_FILE", str(tmp_path / "web-token"))
    done = pantau("config", "show", "--json")
    assert done.code == 0
    assert "rahasia" not in done.out + done.err + pantau("config", "show").out
    shown = {one["setting"]: (one["value"], one["from"]) for one in done.lines}
    assert shown["web.port"] == (8999, "PANTAU_WEB_PORT")
    assert shown["web.token"] == ("(set, not shown)", "PANTAU_WEB_TOKEN_FILE")
    assert shown["mail.smtp.password"] == ("(set, not shown)", "PANTAU_SMTP_PASSWORD")
    assert shown["state.url"][0].startswith("postgresql://pantau:***@127.0.0.1/pantau")
    assert shown["watch.ping_url"][0] == "(set, not shown)"
    assert shown["kibana.api_key"] == (None, "default")
    assert shown["mail.operator"] == (None, "default")
    value, origin = shown["mail.retry_hours"]
    number = int(origin.removeprefix("pantau.toml, line "))
    line = (tmp_path / "config" / "pantau.toml").read_text(encoding="utf-8").splitlines()[number - 1]
    assert line == f"retry_hours = {value}"
    assert shown["config"] == (str(tmp_path / "config"), "PANTAU_CONFIG")
