"""Metrics: one file each, found by folder (see `bench.registry`)."""
