"""The one error that a user is meant to read."""


class BenchError(Exception):
    """A fault in the user's files, settings or machine.

    The message names the file, the value and the step that mends it. The command line prints it without a
    traceback and exits with status 2; anything else that escapes is a fault of ours and keeps its traceback.
    """
