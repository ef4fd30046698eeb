"""`search`: full-text search across the three languages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import click
from rich.text import Text

from crawler.config_complaints import near
from scheduler.cli.live_or_demo import load_settings
from scheduler.cli.output import a_day, as_json, err, line, not_ahead, out, plain
from scheduler.cli.sources import source_named
from scheduler.newsroom import Newsroom
from scheduler.search.queries import search as find
from scheduler.search.results import FoundRelease

MARK = ("\ue000", "\ue001")  # private-use characters: no release holds them, so a page cannot fake a highlight


@click.command()
@click.argument("words", nargs=-1, required=True, metavar="WORDS…")
@click.option("--lang", metavar="CODE", help="Only releases in this language: id, zh, en, or another of the glossary.")
@click.option("--source", metavar="NAME", help="Only releases of this source.")
@click.option("--since", callback=a_day, metavar="DAY", help="Published on this day or later (YYYY-MM-DD).")
@click.option("--until", callback=a_day, metavar="DAY", help="Published on this day or earlier.")
@click.option("--concept", metavar="ID", help="Only releases in which the glossary finds this concept.")
@click.option("--limit", type=click.IntRange(1, 1000), default=10, show_default=True)
@click.option("--open", "nth", type=click.IntRange(min=1), metavar="N", help="Open the page of the Nth release found.")
@as_json
def search(
    words: tuple[str, ...],
    lang: str | None,
    source: str | None,
    since: date | None,
    until: date | None,
    concept: str | None,
    limit: int,
    nth: int | None,
    json_: bool,
) -> None:
    """Search the releases; words in one language find releases in all three. Put phrases in quotes."""
    if nth is not None and nth > limit:
        raise click.BadParameter(f"--open {nth} is beyond --limit {limit}")
    not_ahead("--since", since)
    if since and until and since > until:
        raise click.BadParameter(f"--since {since} lies after --until {until}: nothing can be between")
    newsroom = Newsroom(load_settings())
    if source not in newsroom.sources and source not in newsroom.store.count():  # what was imported has its own
        source_named(source, newsroom.settings)
    if concept is not None and concept not in newsroom.glossary.ids:
        raise click.BadParameter(f"there is no concept {concept!r}; {near(concept, newsroom.glossary.ids)}")
    languages = newsroom.glossary.file.languages
    if lang is not None and lang not in languages:
        raise click.BadParameter(f"there is no language {lang!r}; {near(lang, languages)}")
    marks = ("<em>", "</em>") if json_ else MARK
    found = find(
        newsroom.client,
        newsroom.settings.elasticsearch.index,
        " ".join(words),
        lang=lang,
        source=source,
        since=since,
        until=until,
        concept=concept,
        limit=limit,
        marks=marks,
    )
    if nth is not None:
        open_page(found, nth)
        return
    for number, one in enumerate(found, 1):
        if json_:
            line(
                {
                    "id": one.id,
                    "url": one.url,
                    "title": one.title,
                    "date": one.date,
                    "source": one.source,
                    "lang": one.lang,
                    "score": one.score,
                    "highlights": list(one.highlights),
                }
            )
            continue
        out.print(
            Text(f"{number:2} " if out.is_terminal else "", style="dim"), Text(plain(one.title), style="bold"), sep=""
        )
        out.print(Text(f"{plain(one.date or 'no date')}  {plain(one.source)}  {plain(one.url)}", style="dim"))
        for highlight in one.highlights:
            out.print(marked(highlight))
        out.print()
    if not json_ and not found:
        err.print("nothing found")


def open_page(found: Sequence[FoundRelease], nth: int) -> None:
    """Open a page in the browser; where there is none, or nobody sees it, print its address."""
    if nth > len(found):
        raise click.ClickException(f"only {len(found)} found; there is no number {nth}")
    url = found[nth - 1].url
    if not url.startswith(("http://", "https://")):
        raise click.ClickException(f"{url} was imported from a file; it has no page")
    if not out.is_terminal or click.launch(url) != 0:
        click.echo(plain(url))


def marked(highlight: str) -> Text:
    """Turn a highlight into styled text; everything else in it is text from a page and stays text."""
    text = Text("  ")
    for number, part in enumerate(highlight.split(MARK[0])):
        before, _, after = part.partition(MARK[1]) if number else ("", "", part)
        text.append(plain(before), style="bold yellow")
        text.append(plain(after))
    return text
