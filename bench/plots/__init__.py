"""Plots: one file each, found by folder; a plot is a function of tidy tables and computes nothing."""
