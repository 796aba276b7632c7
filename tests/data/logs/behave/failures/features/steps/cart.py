from behave import given, then, when

CODES = {"SUMMER": 0.9}


@given("an empty cart")
def empty(context):
    context.total = 0


@when("I add a price of {price:d}")
def add(context, price):
    context.total = price


@when('I use the code "{code}"')
def use(context, code):
    context.total = context.total * CODES[code]


@then("the total is {total:d}")
def total_is(context, total):
    assert context.total == total, f"the total is {context.total}"
