"""Tests of bench/runtime/."""
