"""The harness: data, one trainer, search, metrics, plots and the report. It knows no method by name."""
