from typing import Optional

import requests
import missing_module


class Cart:
    def __init__(self) -> None:
        self.items: list[int] = []

    def total(self) -> str:
        return sum(self.items)

    def first(self) -> Optional[str]:
        return None


def shout(cart: Cart) -> str:
    return cart.first().upper()


def untyped(x):
    return x


Cart().add(3)
