"""What pages say when they are no article: waiting rooms, refusals, not-found pages, shells that need a browser.

Every one of these words is news somewhere (安全检查, *antrean*, *404 sekolah*): `page_kind.py` asks for a second sign.
"""

from __future__ import annotations

import re


def any_of(*phrases: str) -> re.Pattern[str]:
    """One pattern out of many, whatever the case."""
    return re.compile("|".join(phrases), re.I)


# Meant as a whole: a title, a part of one, or a heading. Lines and titles have single blanks only.
_DENIED = r"(?:access|akses) (?:to this (?:page|site) )?(?:has been |is |telah )?(?:denied|ditolak|blocked)"
_CODE = r"(?:error |http )?(?:401|403|412|429)"
CHALLENGE_TITLE = any_of(
    r"just a moment|attention required|pardon our interruption|ddos protection(?: by \w{1,20})?",
    rf"(?:{_CODE}\W{{0,3}})?(?:{_DENIED}|forbidden|unauthorized|precondition failed|too many requests)|{_CODE}",
    r"request rejected|checking your browser(?: before accessing .{1,60})?",
    r"(?:verify(?:ing)?|verify that) you are (?:a )?human|are you (?:a )?(?:human|robot)|(?:bot|human) verification",
    r"(?:one more step|please complete the)?\W{0,3}security check(?: to access .{1,60})?|robot check|captcha",
    r"you are (?:now )?in line|(?:virtual )?waiting room|(?:ruang tunggu|antrean)(?: virtual| daring)?",
    r"(?:您的|当前)?(?:访问|请求)(?:已)?(?:被)?(?:拒绝|受限|验证|禁止|拦截)|拒绝访问|禁止访问",
    r"(?:请(?:先)?完成)?(?:安全|人机|滑动)(?:验证|检查)|请完成验证|验证码|(?:网站|web应用)?防火墙|安全防护",
)
# Meant anywhere in the few words of such a page.
CHALLENGE_TEXT = any_of(
    r"you are (?:now )?in line|your estimated wait time",
    r"request unsuccessful|incapsula incident|support id is|the requested url was rejected",
    r"checking (?:if the site connection is secure|your browser)|enable javascript and cookies to continue",
    r"verify(?:ing)? you are (?:a )?human|unusual traffic|automated access",
    r"performance (?:&|and) security by cloudflare|(?:wzws-ray|ray id)\s{0,3}:",
    r"why have i been blocked|you have been blocked",
    r"access to this (?:page|resource)(?: on this (?:site|server))? (?:has been |is )?(?:denied|forbidden)",
    r"permission to access .{0,60} on this server",
    r"anda (?:telah )?diblokir|dalam antr[ei]an|verifikasi bahwa anda (?:bukan robot|manusia)",
    r"请(?:完成|进行|输入|拖动|点击)[^。]{0,12}验证",
    r"您的(?:访问|请求|IP)[^。]{0,12}(?:拦截|阻断|拒绝|频繁|禁止)|访问过于频繁|请求已被(?:拦截|阻断)",
    r"创宇盾|云锁|安全狗|正在(?:进行)?(?:安全)?(?:检测|验证)[^。]{0,12}浏览器",
)
# Meant in code alone, see `challenge_code.py`: of Imperva, Cloudflare, Ruishu ($_ts), Aliyun, Jiasule, AWS, Queue-it,
# DataDome, PerimeterX.
CHALLENGE_CODE = re.compile(
    r"_Incapsula_Resource|cf-browser-verification|cf_chl_opt|challenge-form|__cf_chl_|/cdn-cgi/challenge-platform/h/"
    r"|\$_ts\s{0,3}=\s{0,3}window|window\[['\"]\$_ts['\"]\]|acw_sc__v2|aliyun_waf|_\$jsvmprt|__jsl_clearance|yunsuo_session"
    r"|awswaf|queue-it\.net|datadome|px-captcha|turnstile/v0"
)
# Meant as a whole: a title, a part of one, a heading, or a clause of a line.
_ID = r"(?:halaman|laman|konten|berita|artikel|data|dokumen|informasi|url|alamat)(?: ini)?(?: yang(?: \w{1,12}){1,3}?)?"
_EN = r"(?:(?:the|that|this|requested) ){0,2}(?:page|content|article|file|post)"
_EN_ASKED = r"(?: (?:that )?you (?:requested|are looking for|were looking for))?"
_ZH = r"(?:页面|网页|文章|信息|内容|稿件|新闻|链接|地址)"
_ZH_ASKED = r"(?:您(?:要|所)?(?:访问|查看|浏览|找)的|该|此|相关|当前)?"
_ZH_GONE = r"(?:不存在|未找到|找不到|已(?:经)?(?:被)?(?:删除|移除|下线|撤销|失效))"
NOT_FOUND = any_of(
    rf"{_ID} (?:(?:sudah )?(?:tidak|tak|belum) (?:lagi )?(?:di)?(?:temukan|tersedia|ada)|(?:telah|sudah) (?:di)?hapus)",
    r"(?:(?:error|http|status)? ?404\W{0,3})?(?:tidak ditemukan|(?:(?:page|file) )?not found|error)?|error\W{0,3}404",
    rf"{_EN}{_EN_ASKED} (?:(?:was )?not found|(?:cannot|can't|can’t|could not|couldn't) be found)",
    rf"{_EN}{_EN_ASKED} (?:does ?n[o'’]t|no longer) exists?",
    rf"{_ZH_ASKED}{_ZH}[^。，,]{{0,6}}{_ZH_GONE}(?:了)?(?:或(?:者)?{_ZH_GONE})?",
    rf"(?:无法)?找不到(?:您|相关)?(?:要)?(?:访问|查看)?(?:的|该|此)?{_ZH}|{_ZH}(?:丢失|走丢|飞走)了?|(?:無法找到|找不到)(?:該)?網頁",
)
SORRY = re.compile(r"^(?:maaf|mohon maaf|sorry|oops|ups|抱歉|对不起|很抱歉|非常抱歉|提示)(?=\W)\W{0,4}", re.I)
SHELL = re.compile(
    r"id=[\"']?(?:__next|__nuxt|root|app|app-root|main-app)\b|self\.__next_f|__NEXT_DATA__|__NUXT__|<app-root"
    r"|ng-version=|data-reactroot|window\.__INITIAL_STATE__"
    r"|(?:enable|requires?|need|aktifkan|mengaktifkan|启用|开启|支持)\s{0,4}(?:your\s{1,4})?java\s?script",
    re.I,
)
