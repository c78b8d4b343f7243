"""Audit -> files: tables, JSON and bundles that other tools read."""
