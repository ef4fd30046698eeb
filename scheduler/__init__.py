"""Everything after the crawl: index, match, deliver, watch."""
