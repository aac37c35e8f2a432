"""Amtsweg: the procedures of a town hall as text, proven and run."""

__version__ = "0.1.0"
