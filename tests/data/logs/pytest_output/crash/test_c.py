import ctypes
def test_a(): pass
def test_segv():
    ctypes.string_at(0)
