import json

from shop.prices import load


def main():
    print("building")
    print(json.dumps(load("prices.json")))


main()
