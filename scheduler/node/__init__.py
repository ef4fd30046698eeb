"""The embedded Elasticsearch node."""
