import json


def load(path):
    try:
        return json.loads('{"price": }')
    except ValueError as error:
        raise RuntimeError(f"{path} is not valid") from error
