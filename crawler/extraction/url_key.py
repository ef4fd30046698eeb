"""The key of an address: two addresses with one key lead to one page."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin, urlsplit, urlunsplit

from crawler.release import LONGEST_ADDRESS

SESSION_PATH = re.compile(r";(?:jsessionid|phpsessid|sid|session_?id)=[^/?#;]*", re.I)
SESSION = re.compile(
    r"(?:php|j|asp)?sess(?:ion)?(?:_?id)?|aspsessionid\w*|cfid|cftoken|sid|s_id|session|zenid|oscsid", re.I
)
# What tells where a reader came from, not which page is meant.
TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|yclid|msclkid|dclid|igshid|mc_[ce]id|_ga|ref_src|spm|from_source|share_\w+|_hs\w+|scm", re.I
)
SWITCHED_ON = ("1", "true", "yes", "")
VIEW: dict[str, tuple[str, ...]] = dict.fromkeys(
    ("print", "amp", "mobile", "isprint", "printable", "cetak"), SWITCHED_ON
)
VIEW |= dict.fromkeys(("view", "output", "format", "outputtype"), ("print", "amp")) | {"tmpl": ("component", "print")}
VIEW_PATH = re.compile(r"/(?:amp|print|cetak|printable|mobile)$", re.I)
VIEW_HOST = re.compile(r"^(?:www\d?|m|mobile|wap|amp)\.(?=[^.]+\.)", re.I)
INDEX = re.compile(r"/(?:index|default)\.(?:s?html?|php|jsp|aspx?)$", re.I)
ESCAPED_AND = re.compile(r"^(?:amp;|amp%3b|#38;)+", re.I)
SAFE = "!$'()*+,-.:;=@_~/"


def url_key(url: str) -> str:
    """Make the readable key of a web address: no scheme, no www, no last slash, no session; views folded into one.

    Print, mobile and AMP views count as the page itself, `index.html` as its folder, `/index.php/x` as `/x`.
    A key has at most LONGEST_ADDRESS characters; of a longer one its digest stands for the end. Raises ValueError when
    the address is not a web address.
    """
    parts = urlsplit(clean_url(url))
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("not a web address (http or https with a host)")
    host = VIEW_HOST.sub("", _ascii(parts.hostname))
    port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    path = re.sub(r"/{2,}", "/", parts.path)
    path = re.sub(r"/index\.php(?=/)", "", path, flags=re.I)
    path = VIEW_PATH.sub("", INDEX.sub("", path).rstrip("/")).rstrip("/")
    query = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not TRACKING.fullmatch(name) and value.lower() not in VIEW.get(name.lower(), ())
    ]
    key = host + port + path + ("?" + urlencode(sorted(query), quote_via=quote) if query else "")
    if len(key) <= LONGEST_ADDRESS:
        return key
    return f"{key[: LONGEST_ADDRESS - 65]}#{hashlib.sha256(key.encode()).hexdigest()}"


def clean_url(url: str, base: str | None = None) -> str:
    """Complete and clean an address without changing which page a server gives for it.

    Sessions, fragments and `amp;` left by double escaping go; letters outside ASCII are escaped; the last slash stays
    as it is. Raises ValueError when it cannot be read as an address.
    """
    joined = urljoin(base or "", re.sub(r"[\t\r\n]", "", url).strip().replace("\\", "/"))
    parts = urlsplit(joined)
    _ = parts.port  # raises ValueError for a port that is none
    path = SESSION_PATH.sub("", parts.path)
    path = (
        quote(unquote(path, errors="surrogateescape"), safe=SAFE, errors="surrogateescape")
        if _escapable(path)
        else quote(path, safe=SAFE + "%")
    )
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), _dotless(path), _query(parts.query), ""))


def cleaned(url: str, base: str | None = None) -> str | None:
    """A cleaned address; None where it cannot be read as one."""
    try:
        return clean_url(url, base)
    except ValueError:
        return None


def release_id(key: str) -> str:
    """The id of a release: the first 24 hex figures of its key's SHA-256."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _escapable(path: str) -> bool:
    """Whether unescaping and escaping again leaves the meaning: no escaped slash, percent or question mark."""
    return re.search(r"%(?:2f|25|3f|23|3b)", path, re.I) is None


def _query(query: str) -> str:
    kept = []
    for field in re.split(r"&", query.replace("&amp;", "&")):
        field = ESCAPED_AND.sub("", field)
        name = unquote(field.partition("=")[0])
        if field and not SESSION.fullmatch(name):
            kept.append(quote(field, safe=SAFE + "%?="))
    return "&".join(kept)


def _dotless(path: str) -> str:
    if "/." not in path:
        return path or "/"
    kept: list[str] = []
    for part in path.split("/"):
        if part == "..":
            if len(kept) > 1:
                kept.pop()
        elif part != ".":
            kept.append(part)
    if path.endswith(("/.", "/..")):
        kept.append("")
    return "/".join(kept)


def _ascii(host: str) -> str:
    host = host.rstrip(".").lower()
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host
