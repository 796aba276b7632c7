from tax import tax


def test_tax():
    assert tax(100) == 19
