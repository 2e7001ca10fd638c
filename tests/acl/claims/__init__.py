"""Tests of its claims, one file per claim or two."""
