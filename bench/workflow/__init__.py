"""What the rules need: files, digests, jobs and their costs, the state of a run."""
