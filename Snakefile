# `snakemake` at the root and the workflow catalog both find the workflow here.
include: "workflow/Snakefile"


# An included file leaves the default target as it was before, which here is none.
workflow.default_target = "all"
