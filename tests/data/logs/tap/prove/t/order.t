use strict;
use warnings;
use Test::More;
use Widgets::Order;

ok(Widgets::Order->new, 'is made');
done_testing;
