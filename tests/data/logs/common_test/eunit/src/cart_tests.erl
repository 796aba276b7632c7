-module(cart_tests).
-include_lib("eunit/include/eunit.hrl").

empty_test() -> ?assertEqual(0, cart:total([])).

total_test() -> ?assertEqual(6, cart:total([1, 2, 3])).

discount_test() -> cart:discount(<<"SUMMER">>).
