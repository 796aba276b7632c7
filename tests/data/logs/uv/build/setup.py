from setuptools import setup, Extension
setup(name="shop", version="1.0", ext_modules=[Extension("shop.fast", ["fast.c"])])
