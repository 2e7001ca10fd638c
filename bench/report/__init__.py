"""The parts of the report: what goes into the page. `bench.report.render` puts them together."""
