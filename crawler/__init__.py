"""Collects and cleans press releases; knows no Elasticsearch, no mail, no timetable."""
