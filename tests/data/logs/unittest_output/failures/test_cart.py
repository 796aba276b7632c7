import logging
import unittest


class Cart:
    def __init__(self, items=()):
        self.items = list(items)

    def total(self):
        return sum(self.items)

    def first(self):
        return self.items[0].upper()


class TestCart(unittest.TestCase):
    def test_total(self):
        """The total adds the prices."""
        self.assertEqual(Cart([3, 4]).total(), 8)

    def test_empty(self):
        logging.error("Traceback (most recent call last): not a failure")
        self.assertEqual(Cart().total(), 0)

    def test_first(self):
        self.assertEqual(Cart().first(), "BOOK")

    def test_items(self):
        self.assertEqual(Cart([{"price": 3}]).items, [{"price": 4}])

    def test_prices(self):
        for price in (1, -2, -3):
            with self.subTest(price=price):
                self.assertGreater(price, 0)

    @unittest.skip("not yet")
    def test_store(self):
        pass


class TestStore(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        raise ConnectionError("no database at localhost:5432")

    def test_stored(self):
        pass
