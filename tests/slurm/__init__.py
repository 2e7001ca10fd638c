"""The workflow on a Slurm cluster that the tests start."""
