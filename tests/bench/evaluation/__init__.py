"""Tests of bench/evaluation/."""
