"""From hits to a mail that a server has accepted."""
