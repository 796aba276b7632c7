def price_table(name):
    pass
