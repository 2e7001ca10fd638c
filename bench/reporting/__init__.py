"""The parts of the report: what goes into the page. `bench.report` puts them together."""
