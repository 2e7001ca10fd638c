"""The parts of the report: what goes into the page. `bench.report.page` puts them together."""
