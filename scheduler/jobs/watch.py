"""Runs and beats -> a verdict -> one mail to the operator about what has changed."""

from __future__ import annotations

import logging

from scheduler.health import Verdict
from scheduler.health.notices import Notice, Notices
from scheduler.mail.operator_mail import NoticeLine, compose_notice
from scheduler.mail.send import Sender
from scheduler.safe_text import safe_line
from scheduler.settings import Mail

log = logging.getLogger(__name__)


def watch(verdict: Verdict, notices: Notices, sender: Sender, mail: Mail) -> list[Notice]:
    """Tell the operator what has turned bad or well; all of it in one mail, and in the log.

    Raises DeliveryError when the mail was not accepted; the same is then told by the next watch.
    """
    news = notices.of(verdict)
    for notice in news:
        log.warning("%s is %s: %s", notice.finding.subject, notice.kind, safe_line(notice.finding.sentence))
    if news and mail.operator:
        lines = [
            NoticeLine(
                kind=one.kind,
                subject=one.finding.subject,
                sentence=one.finding.sentence,
                remedy=one.finding.remedy,
                since=one.since,
            )
            for one in news
        ]
        sender.send(compose_notice(lines, sender=mail.sender, operator=mail.operator, at=verdict.at), mail.operator)
    notices.told(news, verdict.at)
    return news
