"""Tests of bench/workflow/."""
