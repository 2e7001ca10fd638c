"""Tests of bench/experiments/."""
