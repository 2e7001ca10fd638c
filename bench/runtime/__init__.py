"""Plumbing: files, leases, processes, downloads, digests. Knows nothing of faces, settings or torch."""
