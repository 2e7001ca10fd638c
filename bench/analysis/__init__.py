"""From tables to tables: estimators, intervals, claims. No torch, no plots."""
