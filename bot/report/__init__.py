"""Outcome → what people and workflows read: comment, pull request, summary, outputs, issue."""
