"""Tests of bench/metrics/."""
