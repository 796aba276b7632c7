"""Proof by trouble: every call of the main story refused, lost, killed or interleaved.

`python -m faults` plays the whole matrix; the tests play a sample of it.
"""
