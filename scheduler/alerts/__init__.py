"""Glossary, rules, matching, and the ledger of hits."""
