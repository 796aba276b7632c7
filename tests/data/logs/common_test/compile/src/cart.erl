-module(cart).
-export([total/1, discount/1]).

total(Prices) -> 2 * lists:sum(Price).

discount(<<"WINTER">>) -> 0.2.
