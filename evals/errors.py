"""What stops an evaluation before it says anything: arguments or data that cannot be used. Exit code 2."""


class BadInput(Exception):
    """Arguments, data or a recorded file cannot be used; the message names file and line."""
