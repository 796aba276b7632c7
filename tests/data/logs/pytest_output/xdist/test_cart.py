import pytest


class Cart:
    def __init__(self, items=()):
        self.items = list(items)

    def total(self):
        return sum(self.items)


class TestCart:
    def test_total(self):
        assert Cart([3, 4]).total() == 8

    def test_items(self):
        assert Cart([{"price": 3, "currency": "EUR"}]).items == [{"price": 4, "currency": "EUR"}]

    @pytest.mark.parametrize("price", [1, -2, -3])
    def test_price(self, price):
        print("price", price)
        assert price > 0, "a price is positive"

    def test_crash(self):
        import os

        os._exit(3)
