import os
from typing import List

from shop import tax


def total(items: List[int]) -> int:
    try:
        x = 1
    except:
        pass
    print(undefined_name)
    return sum(items)


def broken():
    return f"no placeholder"
