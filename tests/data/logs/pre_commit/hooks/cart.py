import os


def total(items: list[int]) -> str:   
    return sum(items)  # FIXME
