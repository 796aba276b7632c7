-module(cart_SUITE).
-include_lib("stdlib/include/assert.hrl").
-export([all/0, empty/1, total/1, discount/1]).

all() -> [empty, total, discount].

empty(_Config) -> 0 = cart:total([]).

total(_Config) -> ?assertEqual(6, cart:total([1, 2, 3])).

discount(_Config) ->
    ct:pal("asking for the code"),
    cart:discount(<<"SUMMER">>).
