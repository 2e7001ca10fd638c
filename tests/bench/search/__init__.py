"""Tests of bench/search/."""
