"""A small GitHub and a small Coder to run against, on loopback, by the product's own configuration.

Nothing here is known to the rest of the product: it is reached by URL and token like the real ones.
"""
