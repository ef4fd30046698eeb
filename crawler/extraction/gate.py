"""What a page is when it is not an article: a waiting room, a shell, a not-found page, a hand-over to elsewhere."""

from __future__ import annotations

import re

from crawler.extraction.document import Document
from crawler.extraction.rendering import Line
from crawler.extraction.url_key import clean_url, url_key
from crawler.release import Kind

REFRESH = re.compile(r"^\s*(\d+(?:\.\d+)?)?\s*[;,]?\s*(?:url\s*=)?\s*[\"']?\s*([^\"'\s][^\"']*)?", re.I)
SCRIPTED = re.compile(
    r"(?:window|document|self|top|parent)?\.?\blocation(?:\.href)?\s*(?:=|\.(?:replace|assign)\()\s*[\"']([^\"'\s]{1,500})[\"']"
)
SOON = 10  # seconds; a page that reloads itself later than that is meant to be read
CHALLENGE_TITLE = re.compile(
    r"just a moment|attention required|access denied|checking your browser|verify(?:ing)? you are (?:a )?human|are you (?:a )?(?:human|robot)"
    r"|security check|ddos protection|you are now in line|waiting room|ruang tunggu|antrean|403 forbidden|^forbidden|^403\b|^412\b|precondition failed|request rejected"
    r"|访问(?:被)?(?:拒绝|受限|验证|禁止)|拒绝访问|禁止访问|安全(?:验证|检查|验证码)|人机验证|网站防火墙|web应用防火墙|滑动验证|请完成(?:安全)?验证|429 too many|too many requests|pardon our interruption|bot verification|akses ditolak",
    re.I,
)
CHALLENGE_TEXT = re.compile(
    r"you are now in line|request unsuccessful\.?|incapsula incident|checking (?:if the site connection is secure|your browser)|enable javascript and cookies to continue"
    r"|verify you are human|verifying you are human|performance (?:&|and) security by cloudflare|ray id\s*:|why have i been blocked|you have been blocked|your estimated wait time"
    r"|the requested url was rejected|support id is|access to this (?:page|resource)[\w ]* (?:has been |is )?(?:denied|forbidden)|don't have permission to access|permission to access .{0,40} on this server"
    r"|unusual traffic|automated access|anda (?:telah )?diblokir|dalam antrean|dalam antrian|verifikasi bahwa anda (?:bukan robot|manusia)"
    r"|请(?:完成|进行|输入|拖动|点击)[^。]{0,12}验证|您的(?:访问|请求|IP)[^。]{0,12}(?:拦截|阻断|拒绝|频繁|禁止)|访问过于频繁|请求已被(?:拦截|阻断)|安全防护|创宇盾|云锁|安全狗|正在(?:进行)?(?:安全)?(?:检测|验证)[^。]{0,12}浏览器",
    re.I,
)
CHALLENGE_CODE = re.compile(
    r"_Incapsula_Resource|cf-browser-verification|cf_chl_opt|challenge-form|__cf_chl_|/cdn-cgi/challenge-platform/h/|\$_ts\s*=\s*window|window\[['\"]\$_ts['\"]\]|acw_sc__v2|aliyun_waf|_\$jsvmprt|__jsl_clearance|yunsuo_session|awswaf|queue-it\.net|datadome|px-captcha|probe\.js\?|hcaptcha\.com/1/api|turnstile/v0|WZWS-RAY"
)
NOT_FOUND = re.compile(
    r"halaman\s+(?:yang\s+anda\s+(?:cari|tuju|minta)\s+)?(?:ini\s+)?(?:tidak|tak)\s+(?:di)?(?:temukan|tersedia|ada)|(?:konten|berita|artikel|data)\s+(?:yang\s+\w+\s+\w+\s+)?(?:tidak|tak|belum)\s+(?:di)?(?:temukan|tersedia)"
    r"|page\s+(?:can(?:no|')t\s+be\s+|could\s+not\s+be\s+|was\s+)?not\s+found|page\s+(?:can(?:no|')t|could not)\s+be\s+found|page\s+(?:you\s+requested\s+)?(?:does\s*n[o']t|no longer)\s+exists?|^\W*(?:error\s+)?404\b|\b404\s*(?:not found|error|-)|not\s+found$"
    r"|(?:页面|网页|文章|信息|内容|稿件|新闻)[^。，]{0,10}(?:不存在|未找到|找不到|已(?:被)?(?:删除|移除|下线|撤销|失效))|找不到(?:该|您|相关|此)?[^。，]{0,10}(?:页面|网页|文章|信息|内容)|(?:页面|网页)(?:丢失|走丢|飞走)|無法找到|找不到網頁|^\W*404",
    re.I,
)
SHELL = re.compile(
    r"id=[\"'](?:__next|__nuxt|root|app|app-root|main-app)[\"']|self\.__next_f|__NEXT_DATA__|__NUXT__|<app-root|ng-version=|data-reactroot|window\.__INITIAL_STATE__"
    r"|(?:enable|requires?|need|aktifkan|mengaktifkan|启用|开启|支持)\s*(?:your\s+)?java\s?script",
    re.I,
)
FURNITURE = ("nav", "header", "footer", "aside")
SHELL_LETTERS = 60
CHALLENGE_LETTERS = 1200
NOT_FOUND_LETTERS = 900


def gate(document: Document) -> tuple[Kind | None, str | None]:
    """Tell what a page is before extraction, and for a redirect where it leads; None for what may be an article."""
    letters = free_letters(document.lines)
    if target := _refreshed(document, letters):
        return Kind.REDIRECT, target
    if _is_challenge(document, letters):
        return Kind.CHALLENGE, None
    if _is_not_found(document, letters):
        return Kind.SOFT404, None
    if letters < SHELL_LETTERS and SHELL.search(document.html):
        return Kind.NEEDS_RENDER, None
    return None, None


def free_letters(lines: list[Line]) -> int:
    """Letters outside links and outside the page's frame; a Han character counts twice."""
    total = 0
    for line in lines:
        if line.free <= 0 or any(parent.tag in FURNITURE for parent in (line.element, *line.element.iterancestors())):
            continue
        weight = sum((2 if character > "\u2e80" else 1) for character in line.text if character.isalpha())
        total += weight * line.free // max(len(line.text), 1)
    return total


def _refreshed(document: Document, letters: int) -> str | None:
    for tag in document.root.iter("meta"):
        if (tag.get("http-equiv") or "").strip().lower() != "refresh" or any(
            p.tag == "noscript" for p in tag.iterancestors()
        ):
            continue
        hit = REFRESH.match(tag.get("content") or "")
        if hit and hit[2] and float(hit[1] or 0) <= SOON and (target := _elsewhere(document, hit[2])):
            return target
    if letters < SHELL_LETTERS:
        for script in document.root.iter("script"):
            # A long script is a program that may go somewhere some time; a short one is a hand-over.
            if (
                script.text
                and len(script.text) < 600
                and (hit := SCRIPTED.search(script.text))
                and (target := _elsewhere(document, hit[1]))
            ):
                return target
    return None


def _elsewhere(document: Document, link: str) -> str | None:
    target = document.absolute(link)
    if target is None:
        return None
    try:
        target = clean_url(target)
        if document.url and url_key(target) == url_key(document.url) and target == clean_url(document.url):
            return None
    except ValueError:
        return target if not document.url else None
    return target


def _is_challenge(document: Document, letters: int) -> bool:
    if letters > CHALLENGE_LETTERS:
        return False
    text = "\n".join(line.text for line in document.lines[:60])
    named = CHALLENGE_TITLE.search(document.head_title) or CHALLENGE_TITLE.search(text[:80])
    worded = CHALLENGE_TEXT.search(text)
    coded = CHALLENGE_CODE.search(document.html[:400_000])
    if coded:
        return letters < SHELL_LETTERS * 3 or bool(named or worded)
    return bool(named and letters < CHALLENGE_LETTERS // 2) or bool(worded and letters < CHALLENGE_LETTERS // 2)


def _is_not_found(document: Document, letters: int) -> bool:
    if letters > NOT_FOUND_LETTERS:
        return False
    if NOT_FOUND.search(document.head_title):
        return True
    for line in document.lines:
        if line.element.tag in ("h1", "h2", "h3") and len(line.text) < 80 and NOT_FOUND.search(line.text):
            return True
    if letters < NOT_FOUND_LETTERS // 3:
        return any(len(line.text) < 120 and line.free and NOT_FOUND.search(line.text) for line in document.lines[:30])
    return False
