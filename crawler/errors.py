"""The base of all errors whose message is made for the operator: one sentence that says what to do."""


class PantauError(Exception):
    """An error that a person is told in its own words, without a traceback."""
