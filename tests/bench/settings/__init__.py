"""Tests of bench/settings/."""
