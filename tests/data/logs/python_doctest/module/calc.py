def add(a, b):
    """Add.

    >>> add(1, 2)
    3
    >>> add(2, 2)
    5
    """
    return a + b
