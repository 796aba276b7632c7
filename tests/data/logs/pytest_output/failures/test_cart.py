import pytest


class Cart:
    def __init__(self):
        self.prices = []

    def add(self, price):
        self.prices.append(price)

    def total(self):
        return sum(self.prices[1:])


def test_total_counts_every_item():
    cart = Cart()
    cart.add(3)
    cart.add(4)
    assert cart.total() == 7


@pytest.mark.parametrize("price", [-1, 2])
def test_price_is_positive(price):
    if price < 0:
        raise ValueError(f"negative price: {price}")


def test_empty():
    assert Cart().total() == 0


@pytest.fixture
def database():
    raise ConnectionError("no database at localhost:5432")


def test_stored(database):
    assert database
