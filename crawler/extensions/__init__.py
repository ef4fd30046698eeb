"""What goes along with a crawl: its report, its end."""
