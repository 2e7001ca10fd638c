"""What is measured of a model: judges, edits of a split, features, candidates."""
