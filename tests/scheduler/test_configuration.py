"""One loader reads everything: each mistake is one sentence of ours that says where it stands and what is allowed."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from crawler.source import ConfigError
from scheduler.configuration import load_configuration
from scheduler.settings import ROOT, load_settings

# What a library says of its own accord; nobody who keeps a monitor should have to read it.
FOREIGN = (
    "Extra inputs", "Input should", "String should", "Tuple should", "Value error", "Field required", "validation",
    "codec can't", "pydantic", "type=", "Traceback", "unable to parse",
)  # fmt: skip


@dataclass(frozen=True)
class Slip:
    """A mistake: in which file what is written instead of what, or what the environment says; and what is told."""

    old: str
    new: str
    told: str
    file: str = "pantau.toml"
    env: dict[str, str] = field(default_factory=dict)
    line: str | None = None  # a part of the line that is named; None: there is none to name


def env_only(told: str, **env: str) -> Slip:
    return Slip("", "", told, env=env)


COMPLAINTS = {
    "a slip in a key": Slip(
        "retry_hours = 48",
        "retry_hour = 48",
        "mail.retry_hour: there is no such key; did you mean retry_hours?",
        line="retry_hour",
    ),
    "a key in the wrong section": Slip(
        "retry_hours = 48",
        'host = "x"',
        "mail.host: there is no such key here; it belongs under [mail.smtp]",
        line='host = "x"',
    ),
    "a slip in a section": Slip(
        "[kibana]", "[kibanna]", "kibanna: there is no such key; did you mean kibana?", line="[kibanna]"
    ),
    "a key that is ours": Slip("[state]", 'var = "/x"\n[state]', "var: there is no such key", line="var ="),
    "no section": Slip('# url = "sqlite', "url = 3 # ", "state.url: must be a text", line="url = 3"),
    "no number": Slip("port = 8080", 'port = "http"', "web.port: must be a whole number", line="port ="),
    "too small": Slip("at_once = 2", "at_once = 0", "crawl.at_once: must be 1 or more", line="at_once"),
    "too large": Slip("port = 8080", "port = 80800", "web.port: must be 65535 or less", line="port = 80800"),
    "titles below without a digest": Slip(
        "# below = true", "below = true", "'analysts': below = true goes with a digest", line="[[mail.subscriptions]]"
    ),
    "an unknown level": Slip(
        'level = "likely"', 'level = "likley"', "'sure', 'likely' or 'possible'; did you mean 'likely'?", line="likley"
    ),
    "no time of day": Slip(
        'at = "07:00"', 'at = "7"', "mail.subscriptions 'analysts': at: takes a time of day", line='at = "7"'
    ),
    "a slip in a choice": Slip(
        'language = "en" #', 'language = "eng" #', "'en', 'id' or 'zh'; did you mean 'en'?", line='language = "eng"'
    ),
    "no mail address": Slip(
        'to = ["analysts@localhost"]', 'to = ["analysts"]', "to no. 1: not a mail address", line="to ="
    ),
    "nobody to mail to": Slip(
        'to = ["analysts@localhost"]', "to = []", "'analysts': to: must name 1 or more", line="to ="
    ),
    "no name": Slip(
        'name = "analysts"', "", "mail.subscriptions no. 1: name: is missing", line="[[mail.subscriptions]]"
    ),
    "an unknown rule": Slip(
        '"indonesia-china"',
        '"indonesia-chin"',
        "there is no rule 'indonesia-chin'; did you mean indonesia-china?",
        line="rules =",
    ),
    "an unknown zone": Slip(
        'timezone = "Asia/Jakarta"\n# Minutes',
        'timezone = "Asia/Jakartaa"\n#',
        "timetable.timezone: there is no time zone 'Asia/Jakartaa'; did you mean Asia/Jakarta?",
        line="Jakartaa",
    ),
    "a reader's unknown zone": Slip(
        'timezone = "Asia/Jakarta"\n\n',
        'timezone = "WIB"\n\n',
        "'analysts': timezone: there is no time zone 'WIB'",
        line="WIB",
    ),
    "a translation in clear": Slip(
        '# translation = "https://translate.example.org/?to={language}&url={url}"',
        'translation = "http://translate.example.org/?url={url}"',
        "'analysts': translation: takes an https address with {url} in it",
        line="translation",
    ),
    "a translation with a word of its own in braces": Slip(
        '# translation = "https://translate.example.org/?to={language}&url={url}"',
        'translation = "https://translate.example.org/?to={lang}&url={url}"',
        "'analysts': translation: takes {url} and {language} alone in braces",
        line="translation",
    ),
    "an unknown database": Slip('# url = "sqlite', 'url = "mysql://x" # "', "state.url: takes sqlite:", line="mysql"),
    "a password in the state's address": Slip(
        '# url = "sqlite',
        'url = "postgresql://p:geheim@db.example.org/p" # "',
        "state.url: a password is not kept in this file; use PANTAU_STATE_URL",
        line="postgresql://p",
    ),
    "a password behind the state's address": Slip(
        '# url = "sqlite',
        'url = "postgresql://p@db.example.org/p?password=geheim" # "',
        "a password is not kept in this file",
        line="postgresql://p",
    ),
    "a password in the search's address": Slip(
        "port = 9200",
        'url = "https://elastic:geheim@es.example.org:9200"',
        "elasticsearch.url: a password is not kept in this file; use PANTAU_ELASTICSEARCH_PASSWORD",
        line="url =",
    ),
    "a password in the desk's address": Slip(
        'url = "http://127.0.0.1:5601"',
        'url = "https://u:geheim@k.example.org"',
        "kibana.url: takes a web address",
        line="k.example.org",
    ),
    "no web address": Slip(
        "port = 9200", 'url = "es.example.org"', "elasticsearch.url: takes a web address", line="url ="
    ),
    "a secret in the file": Slip(
        "[mail.smtp]",
        '[mail.smtp]\npassword = "geheim"',
        "mail.smtp.password: a secret is not kept in this file; use PANTAU_SMTP_PASSWORD or PANTAU_SMTP_PASSWORD_FILE",
        line="password =",
    ),
    "a token in the file": Slip(
        "[web]", '[web]\ntoken = "geheim"', "web.token: a secret is not kept in this file", line="token ="
    ),
    "no memory": Slip('heap = "512m"', 'heap = "512"', "elasticsearch.heap: takes a number with m or g", line="heap"),
    "no name of an index": Slip(
        'index = "pantau-releases"', 'index = "Pantau"', "elasticsearch.index: takes small letters", line="index"
    ),
    "nowhere to listen": Slip(
        'listen = "127.0.0.1"', 'listen = "nowhere"', "web.listen: takes an address of this machine", line="listen"
    ),
    "a front door with a path": Slip(
        '# public_url = "https://pantau.example.org"',
        'public_url = "https://x.example.org/p"',
        "web.public_url: takes a web address without a path",
        line="public_url",
    ),
    "broken TOML": Slip("[mail]", "[mail", "not valid TOML", line="[mail"),
    "mail in clear": Slip(
        'security = "starttls"',
        'security = "none"',
        "mail.smtp: a password is never sent without TLS",
        env={"PANTAU_SMTP_PASSWORD": "geheim"},
        line="[mail.smtp]",
    ),
    "search in clear": Slip(
        "port = 9200",
        'url = "http://es.example.org:9200"',
        "elasticsearch: a login is never sent without TLS",
        env={"PANTAU_ELASTICSEARCH_API_KEY": "geheim"},
        line="[elasticsearch]",
    ),
    "one node of many in clear": Slip(
        "port = 9200",
        'url = "https://a.example.org, http://b.example.org"',
        "http://b.example.org must begin with https://",
        env={"PANTAU_ELASTICSEARCH_PASSWORD": "geheim"},
        line="[elasticsearch]",
    ),
    "desk in clear": Slip(
        'url = "http://127.0.0.1:5601"',
        'url = "http://k.example.org"',
        "kibana: a key is never sent without TLS",
        env={"PANTAU_KIBANA_API_KEY": "geheim"},
        line="[kibana]",
    ),
    "a page in clear": Slip(
        '# public_url = "https://pantau.example.org"',
        'public_url = "http://pantau.example.org"',
        "web: a password is never sent without TLS: public_url http://pantau.example.org must begin with https://",
        env={"PANTAU_WEB_PASSWORD": "geheim"},
        line="[web]",
    ),
    "a page in clear, for a monitor": Slip(
        '# public_url = "https://pantau.example.org"',
        'public_url = "http://10.0.0.1:8080"',
        "web: a password is never sent without TLS",
        env={"PANTAU_WEB_TOKEN": "geheim"},
    ),
    "nodes in clear": Slip(
        "at_once = 2",
        'runner = "scrapyd"\nnodes = ["http://n.example.org"]',
        "a password is never sent without TLS",
        env={"PANTAU_SCRAPYD_PASSWORD": "geheim", "PANTAU_STATE_URL": "postgresql://db.example.org/p"},
        line="[crawl]",
    ),
    "a watcher in clear": env_only(
        "PANTAU_PING_URL: a secret is never sent without TLS: it must begin with https://",
        PANTAU_PING_URL="http://hc.example.org/geheim",
    ),
    "a database in clear": env_only(
        "PANTAU_STATE_URL: a password is never sent without TLS: put sslmode=verify-full",
        PANTAU_STATE_URL="postgresql://p:geheim@db.example.org/p",
    ),
    "a database that may be in clear": env_only(
        "a password is never sent without TLS", PANTAU_STATE_URL="postgresql://p:geheim@db.example.org/p?sslmode=prefer"
    ),
    "a database in clear, and its password behind it": env_only(
        "a password is never sent without TLS",
        PANTAU_STATE_URL="postgresql:///p?password=geheim&user=p&host=db.example.org:5432",
    ),
    "the second of two databases in clear": env_only(
        "a password is never sent without TLS", PANTAU_STATE_URL="postgresql://p:geheim@/p?host=127.0.0.1,10.0.0.1"
    ),
    "nodes without a database": Slip(
        "at_once = 2", 'runner = "scrapyd"\nnodes = ["https://n.example.org"]', "cannot write to a SQLite file here"
    ),
    "no nodes": Slip("at_once = 2", 'runner = "scrapyd"', 'crawl: runner = "scrapyd" needs nodes', line="[crawl]"),
    "an environment's port": env_only(
        "PANTAU_ELASTICSEARCH_PORT: must be a whole number", PANTAU_ELASTICSEARCH_PORT="abc"
    ),
    "an environment's page": env_only("PANTAU_WEB_PORT: must be 65535 or less", PANTAU_WEB_PORT="99999"),
    "an environment's choice": env_only(
        "PANTAU_SMTP_SECURITY: must be 'starttls', 'tls' or 'none'; did you mean 'tls'?", PANTAU_SMTP_SECURITY="tsl"
    ),
    "an environment's address": env_only(
        "PANTAU_ELASTICSEARCH_URL: takes a web address", PANTAU_ELASTICSEARCH_URL="https://u:geheim@x.example.org"
    ),
    "an environment's database": env_only("PANTAU_STATE_URL: takes sqlite:", PANTAU_STATE_URL="mysql://x:geheim@y/z"),
    "a login in a listing": Slip(
        "https://portal.komdigi.go.id/",
        "https://u:geheim@portal.komdigi.go.id/",
        "a listing holds a login",
        "sources/komdigi.toml",
    ),
    "a login at a mail server's name": Slip(
        '# host = "', 'host = "u:geheim@mail.example.org" # "', "mail.smtp.host: takes the name of a server alone"
    ),
    "an empty password of the page": env_only(
        "PANTAU_WEB_PASSWORD: is set to nothing; set it, or take the variable away", PANTAU_WEB_PASSWORD=""
    ),
    "an empty file name for it": env_only("PANTAU_WEB_TOKEN_FILE: is set to nothing", PANTAU_WEB_TOKEN_FILE=""),
    "a secret of blanks": env_only("PANTAU_SMTP_PASSWORD: holds nothing but blanks", PANTAU_SMTP_PASSWORD="  "),
    "a state that cannot be parsed": env_only("takes sqlite:", PANTAU_STATE_URL="postgresql://u:geheim@[::1/x"),
    "a port that is none": env_only("takes sqlite:", PANTAU_STATE_URL="postgresql://u:geheim@h:99999999/x"),
    "an empty secret": env_only("PANTAU_WEB_PASSWORD_FILE: /dev/null is empty", PANTAU_WEB_PASSWORD_FILE="/dev/null"),
    "a secret that is no text": env_only(
        "PANTAU_SMTP_PASSWORD_FILE: /bin/true holds something that is not text", PANTAU_SMTP_PASSWORD_FILE="/bin/true"
    ),
    "a secret that is not there": env_only(
        "PANTAU_KIBANA_API_KEY_FILE: /nowhere cannot be read", PANTAU_KIBANA_API_KEY_FILE="/nowhere"
    ),
    "a secret that is a folder": env_only("PANTAU_STATE_URL_FILE: / cannot be read", PANTAU_STATE_URL_FILE="/"),
    "a source's slip in a key": Slip(
        "min_items = 5",
        "minitems = 5",
        "minitems: there is no such key; did you mean min_items?",
        "sources/komdigi.toml",
        line="minitems",
    ),
    "a source's layout": Slip(
        "min_items = 5",
        'item_date = "x"',
        "item_date: there is no such key here; it belongs under [layout]",
        "sources/komdigi.toml",
        line="item_date",
    ),
    "a source's language": Slip(
        'language = "id"',
        'language = "in"',
        "language: there is no [languages.in] in glossary.toml; ",
        "sources/komdigi.toml",
        line='language = "in"',
    ),
    "a source without a spider": Slip('spider = "komdigi"', "", "spider: is missing", "sources/komdigi.toml"),
    "a source that asks elsewhere": Slip(
        '"web.komdigi.go.id", ', "", "is not a web address on one of allowed_hosts", "sources/komdigi.toml"
    ),
    "a source's zone": Slip(
        "Asia/Jakarta",
        "Asia/Jakata",
        "there is no time zone 'Asia/Jakata'; did you mean Asia/Jakarta?",
        "sources/komdigi.toml",
        line="Jakata",
    ),
    "a source's delay": Slip(
        "delay = 3", 'delay = "slow"', "delay: must be a number", "sources/komdigi.toml", line="delay"
    ),
    "a rule's stage": Slip(
        'cooperation = "ended"',
        'stage = "endet"',
        "there is no stage 'endet'; did you mean ended?",
        "alerts/cooperation-ended.toml",
        line="endet",
    ),
    "a rule's key": Slip(
        '{ cooperation = "ended" }',
        '{ stag = "ended" }',
        "all no. 1: stag: there is no such key; did you mean stage?",
        "alerts/cooperation-ended.toml",
        line="all =",
    ),
    "a rule's concept": Slip(
        '{ cooperation = "ended" }',
        '{ concept = "cooperatoin" }',
        "there is no concept 'cooperatoin'; did you mean cooperation?",
        "alerts/cooperation-ended.toml",
        line="cooperatoin",
    ),
    "a rule's kind": Slip(
        '{ cooperation = "ended" }',
        "{ concept = 3 }",
        "concept: must be a text, in quotes, or must be a list",
        "alerts/cooperation-ended.toml",
        line="all =",
    ),
    "a rule's party": Slip(
        '{ cooperation = "ended" }',
        '{ party = "indonesa" }',
        "there is no party 'indonesa'; did you mean indonesia?",
        "alerts/cooperation-ended.toml",
        line="indonesa",
    ),
    "a word of the glossary": Slip("[concepts.", "[concepts.UPPER.x]\n[concepts.", "UPPER", "glossary.toml"),
}


@pytest.mark.parametrize("slip", COMPLAINTS.values(), ids=COMPLAINTS)
def test_each_mistake_is_one_sentence_with_its_place(tmp_path: Path, slip: Slip) -> None:
    (sentence,) = complaints_of(tmp_path, slip)
    assert slip.told in sentence
    assert "geheim" not in sentence
    assert not [foreign for foreign in FOREIGN if foreign in sentence]
    if slip.env and not slip.old:
        assert sentence.startswith(tuple(slip.env)), "the environment is to blame, not the file"
        return
    path = tmp_path / "config" / slip.file
    assert sentence.startswith(str(path))
    if slip.line is not None:
        number = int(sentence.removeprefix(f"{path}, line ").partition(":")[0])
        assert slip.line in path.read_text(encoding="utf-8").splitlines()[number - 1]


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("PANTAU_STATE_URL", "postgresql://p:geheim@127.0.0.1/p"),
        ("PANTAU_STATE_URL", "postgresql://p:geheim@localhost:5433/p?sslmode=disable"),
        ("PANTAU_STATE_URL", "postgresql+psycopg://p:geheim@/p?host=/run/postgresql"),
        ("PANTAU_STATE_URL", "postgresql://p:geheim@db.example.org/p?sslmode=require"),
        ("PANTAU_STATE_URL", "postgresql://p:geheim@db.example.org/p?sslmode=verify-full"),
        ("PANTAU_STATE_URL", "postgresql://p@db.example.org/p"),
        ("PANTAU_PING_URL", "http://127.0.0.1:8000/geheim"),
        ("PANTAU_PING_URL", "https://hc.example.org/geheim"),
    ],
)
def test_a_secret_may_go_to_this_machine_or_by_tls(tmp_path: Path, name: str, url: str) -> None:
    assert load_configuration(config_with(tmp_path, env_only("", **{name: url})))


WARNINGS = {
    "no operator": Slip("", "", "mail.operator: nobody is told when a source breaks"),
    "no mail server": Slip("", "", "mail.smtp.host: no mail server is named"),
    "nobody subscribed": Slip("[[mail.subscriptions]]", "[unread]", "nobody is subscribed"),
    "an open page": Slip(
        'listen = "127.0.0.1"', 'listen = "0.0.0.0"', "everybody who reaches 0.0.0.0 can read the page"
    ),
    "a user without a password": Slip(
        '# user = "pantau"\n# ca_file = "/etc/pantau/mail',
        'user = "pantau"\n# "',
        "mail.smtp.user: there is no password for it",
    ),
    "a misspelt variable": env_only(
        "PANTAU_SMPT_PASSWORD: Pantau knows no such variable; did you mean PANTAU_SMTP_PASSWORD?",
        PANTAU_SMPT_PASSWORD="geheim",
    ),
    "a misspelt file variable": env_only("did you mean PANTAU_WEB_PASSWORD_FILE?", PANTAU_WEB_PASWORD_FILE="/x"),
    "a secret set to nothing": env_only("PANTAU_SMTP_PASSWORD: is set to nothing", PANTAU_SMTP_PASSWORD=""),
    "a file set to nothing": env_only("PANTAU_SMTP_PASSWORD_FILE: is set to nothing", PANTAU_SMTP_PASSWORD_FILE=""),
    "a proxy": env_only("https_proxy: sites are asked through this proxy", https_proxy="http://10.0.0.1:3128"),
    "a database that proves nothing": env_only(
        "state.url: db.example.org is not made to prove who it is", PANTAU_STATE_URL="postgresql://db.example.org/x"
    ),
    "a page that may be in clear": Slip(
        'listen = "127.0.0.1"',
        'listen = "0.0.0.0"',
        "web.listen: a password comes here unencrypted unless a proxy with TLS stands before the page",
        env={"PANTAU_WEB_PASSWORD": "rahasia"},
    ),
    "a proxy's login in clear": env_only(
        "HTTPS_PROXY: the login goes to the proxy unencrypted", HTTPS_PROXY="http://u:geheim@proxy.example.org:3128"
    ),
    "a proxy's login in clear, without a scheme": env_only(
        "http_proxy: the login goes to the proxy unencrypted", http_proxy="u:geheim@10.0.0.1:3128"
    ),
    "a proxy's login that cannot be read": env_only(
        "http_proxy: the login goes to the proxy unencrypted", http_proxy="http://u:geheim@[::1"
    ),
    "a short password": Slip(
        'listen = "127.0.0.1"',
        'listen = "0.0.0.0"',
        "PANTAU_WEB_PASSWORD: is short enough to be guessed",
        env={"PANTAU_WEB_PASSWORD": "rahasia"},
    ),
    "a broken selector": Slip(
        "max_listing_pages = 10",
        'max_listing_pages = 10\n[layout]\nitem = "ul > > li["',
        "layout.item: 'ul > > li[' is no CSS selector",
        "sources/komdigi.toml",
    ),
    "one of many selectors": Slip(
        "max_listing_pages = 10",
        'max_listing_pages = 10\n[layout]\ndrop = [".a", "b:::c"]',
        "layout.drop: 'b:::c' is no CSS selector",
        "sources/komdigi.toml",
    ),
    "a home of no source": Slip(
        "nanning-en = ", "naning-en = ", "there is no source 'naning-en'; did you mean nanning-en?", "glossary.toml"
    ),
    "a rule for no source": Slip(
        '{ cooperation = "ended" }',
        '{ cooperation = "ended" }, { source = "komdgi" }',
        "there is no source 'komdgi'; did you mean komdigi?",
        "alerts/cooperation-ended.toml",
    ),
    "a certificate that is not there": Slip(
        '# ca_file = "/etc/pantau/elasticsearch-ca.pem"',
        'ca_file = "/nowhere.pem"',
        "elasticsearch.ca_file: there is no file /nowhere.pem",
    ),
}


@pytest.mark.parametrize("slip", WARNINGS.values(), ids=WARNINGS)
def test_what_works_but_is_hardly_meant_is_a_warning(tmp_path: Path, slip: Slip) -> None:
    if slip.new == "[unread]":
        env = config_with(tmp_path, Slip("", "", ""))
        path = tmp_path / "config" / "pantau.toml"
        before, _, rest = path.read_text(encoding="utf-8").partition("[[mail.subscriptions]]")
        path.write_text(f"{before}\n[web]{rest.partition('[web]')[2]}", encoding="utf-8")
    else:
        env = config_with(tmp_path, slip)
    warnings = load_configuration(env).warnings
    assert len([one for one in warnings if slip.told in one]) == 1
    assert "geheim" not in str(warnings)


@pytest.mark.parametrize(
    "env",
    [
        {"http_proxy": "http://u:geheim@127.0.0.1:3128", "https_proxy": "http://proxy.example.org:3128"},
        {"PANTAU_WEB_PASSWORD": "rahasia-benar-42"},
    ],
)
def test_a_login_that_stays_on_this_machine_is_no_warning(tmp_path: Path, env: dict[str, str]) -> None:
    warnings = load_configuration(config_with(tmp_path, env_only("", **env))).warnings
    assert "unencrypted" not in str(warnings)


def test_the_shipped_configuration_warns_of_what_only_the_operator_can_say(tmp_path: Path) -> None:
    told = load_configuration(config_with(tmp_path, Slip("", "", ""))).warnings
    assert [one.split(": ")[1] for one in told] == ["mail.operator", "mail.smtp.host"]


def test_mistakes_in_all_files_are_told_together(tmp_path: Path) -> None:
    env = config_with(tmp_path, Slip("retry_hours", "retry_hour", ""))
    for file, old, new in (("sources/komdigi.toml", "every =", "evry ="), ("alerts/ai.toml", "title", "titel")):
        path = tmp_path / "config" / file
        path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_configuration(env | {"PANTAU_WEB_PORT": "x", "PANTAU_SMTP_PASSWORD_FILE": "/nowhere"})
    told = str(caught.value)
    for part in ("retry_hours?", "every?", "title?", "PANTAU_WEB_PORT", "PANTAU_SMTP_PASSWORD_FILE"):
        assert part in told


def test_letters_that_are_not_utf_8_are_told_with_their_line(tmp_path: Path) -> None:
    env = config_with(tmp_path, Slip("", "", ""))
    for file in ("pantau.toml", "sources/gxzf.toml", "alerts/ai.toml", "glossary.toml"):
        path = tmp_path / "config" / file
        path.write_bytes(b"# one\n# caf\xe9\n" + path.read_bytes())
    with pytest.raises(ConfigError) as caught:
        load_configuration(env)
    told = str(caught.value).splitlines()
    assert len(told) == 3, "the rules are not read without the glossary"
    assert all(", line 2: a letter there is not UTF-8" in one for one in told)


def config_with(tmp_path: Path, slip: Slip) -> dict[str, str]:
    shutil.copytree(ROOT / "config", tmp_path / "config")
    path = tmp_path / "config" / slip.file
    text = path.read_text(encoding="utf-8")
    assert slip.old in text
    if slip.old:
        path.write_text(text.replace(slip.old, slip.new, 1), encoding="utf-8")
    return {"PANTAU_CONFIG": str(tmp_path / "config"), "PANTAU_VAR": str(tmp_path / "var"), **slip.env}


def complaints_of(tmp_path: Path, slip: Slip) -> list[str]:
    env = config_with(tmp_path, slip)
    # The settings alone are read in a hundredth of the time; that the loader reads them too is tried below.
    load = load_settings if slip.file == "pantau.toml" and "no rule" not in slip.told else load_configuration
    with pytest.raises(ConfigError) as caught:
        load(env)
    return str(caught.value).splitlines()


def test_a_source_that_a_rule_or_its_example_misspells_is_named_with_the_line(tmp_path: Path) -> None:
    config = tmp_path / "config"
    shutil.copytree(ROOT / "config", config)
    rule = config / "alerts" / "own.toml"
    rule.write_text(
        'title = "Own"\nall = [{ cooperation = "any" }, { source = "gxfz" }]\n'
        '[[must_match]]\ntitle = "A"\ntext = "B"\nsource = "komdgi"\n[[must_not_match]]\ntitle = "C"\ntext = "D"\n',
        encoding="utf-8",
    )
    warnings = load_configuration({"PANTAU_CONFIG": str(config)}).warnings
    assert f"{rule}, line 2: there is no source 'gxfz'; did you mean gxzf?" in warnings
    assert f"{rule}, line 6: there is no source 'komdgi'; did you mean komdigi?" in warnings
