"""coder-fix: repairs red CI with agents that run in Coder."""

__version__ = "0.1.0"
