"""The only room that speaks to Elasticsearch."""
