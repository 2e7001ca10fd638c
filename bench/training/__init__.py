"""The one training loop: steps, schedule, checkpoints, devices, saved models."""
