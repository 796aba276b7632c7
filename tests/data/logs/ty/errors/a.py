def f(x: int) -> str:
    return x
f('a').foo
