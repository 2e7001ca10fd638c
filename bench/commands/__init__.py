"""One module per rule or tool: arguments, one call, one write. Only the command line imports them."""
