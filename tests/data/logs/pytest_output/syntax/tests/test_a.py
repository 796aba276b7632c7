from shop.api import create
def test_a(): pass
