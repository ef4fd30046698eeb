"""What pages say when they are no article: waiting rooms, refusals, not-found pages, shells that need a browser."""

from __future__ import annotations

import re


def any_of(*phrases: str) -> re.Pattern[str]:
    """One pattern out of many, whatever the case."""
    return re.compile("|".join(phrases), re.I)


CHALLENGE_TITLE = any_of(
    r"just a moment",
    r"attention required",
    r"access denied|akses ditolak",
    r"checking your browser",
    r"verify(?:ing)? you are (?:a )?human|are you (?:a )?(?:human|robot)|bot verification",
    r"security check|ddos protection|pardon our interruption",
    r"you are now in line|waiting room|ruang tunggu|antrean",
    r"403 forbidden|^forbidden|^40[13]\b|^412\b|precondition failed|request rejected|429 too many|too many requests",
    r"访问(?:被)?(?:拒绝|受限|验证|禁止)|拒绝访问|禁止访问",
    r"安全(?:验证|检查)|人机验证|滑动验证|请完成(?:安全)?验证|网站防火墙|web应用防火墙",
)
CHALLENGE_TEXT = any_of(
    r"you are now in line|your estimated wait time",
    r"request unsuccessful|incapsula incident|support id is|the requested url was rejected",
    r"checking (?:if the site connection is secure|your browser)|enable javascript and cookies to continue",
    r"verify(?:ing)? you are (?:a )?human|unusual traffic|automated access",
    r"performance (?:&|and) security by cloudflare|ray id\s*:|why have i been blocked|you have been blocked",
    r"access to this (?:page|resource)[\w ]* (?:has been |is )?(?:denied|forbidden)",
    r"permission to access .{0,60} on this server",
    r"anda (?:telah )?diblokir|dalam antr(?:e|i)an|verifikasi bahwa anda (?:bukan robot|manusia)",
    r"请(?:完成|进行|输入|拖动|点击)[^。]{0,12}验证",
    r"您的(?:访问|请求|IP)[^。]{0,12}(?:拦截|阻断|拒绝|频繁|禁止)|访问过于频繁|请求已被(?:拦截|阻断)",
    r"安全防护|创宇盾|云锁|安全狗|正在(?:进行)?(?:安全)?(?:检测|验证)[^。]{0,12}浏览器",
)
# Scripts of Imperva, Cloudflare, Ruishu ($_ts), Aliyun, Jiasule, AWS, Queue-it, DataDome, PerimeterX.
CHALLENGE_CODE = re.compile(
    r"_Incapsula_Resource|cf-browser-verification|cf_chl_opt|challenge-form|__cf_chl_|/cdn-cgi/challenge-platform/h/"
    r"|\$_ts\s*=\s*window|window\[['\"]\$_ts['\"]\]|acw_sc__v2|aliyun_waf|_\$jsvmprt|__jsl_clearance|yunsuo_session"
    r"|awswaf|queue-it\.net|datadome|px-captcha|turnstile/v0|WZWS-RAY"
)
NOT_FOUND = any_of(
    r"halaman\s+(?:yang\s+anda\s+(?:cari|tuju|minta)\s+)?(?:ini\s+)?(?:tidak|tak)\s+(?:di)?(?:temukan|tersedia|ada)",
    r"(?:konten|berita|artikel|data)\s+(?:yang\s+\w+\s+\w+\s+)?(?:tidak|tak|belum)\s+(?:di)?(?:temukan|tersedia)",
    r"page\s+(?:was\s+)?not\s+found|page\s+(?:cannot|can't|could\s+not)\s+be\s+found",
    r"page\s+(?:you\s+requested\s+)?(?:does\s*n[o']t|no longer)\s+exists?",
    r"^\W*(?:error\s+)?404\b|\b404\s*(?:not found|error|-)|not\s+found$",
    r"(?:页面|网页|文章|信息|内容|稿件|新闻)[^。，]{0,10}(?:不存在|未找到|找不到|已(?:被)?(?:删除|移除|下线|撤销|失效))",
    r"找不到(?:该|您|相关|此)?[^。，]{0,10}(?:页面|网页|文章|信息|内容)|(?:页面|网页)(?:丢失|走丢|飞走)|無法找到|找不到網頁",
)
SHELL = re.compile(
    r"id=[\"']?(?:__next|__nuxt|root|app|app-root|main-app)\b|self\.__next_f|__NEXT_DATA__|__NUXT__|<app-root"
    r"|ng-version=|data-reactroot|window\.__INITIAL_STATE__"
    r"|(?:enable|requires?|need|aktifkan|mengaktifkan|启用|开启|支持)\s*(?:your\s+)?java\s?script",
    re.I,
)
