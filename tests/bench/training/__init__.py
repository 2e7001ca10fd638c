"""Tests of bench/training/."""
