"""Measurements beside training: step times, operations, gradients of losses."""
