"""Studies of loss weights: ranges, trials, resuming, the winner."""
