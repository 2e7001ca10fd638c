"""Tests of bench/blocks/."""
