def tax(net):
    return net * 0.19


def refund(gross):
    if gross < 0:
        raise ValueError(gross)
    return gross / 1.19
