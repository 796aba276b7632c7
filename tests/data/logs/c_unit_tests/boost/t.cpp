#define BOOST_TEST_MODULE shop
#include <boost/test/included/unit_test.hpp>
BOOST_AUTO_TEST_SUITE(cart)
BOOST_AUTO_TEST_CASE(adds_up) { BOOST_TEST(1 + 1 == 3); }
BOOST_AUTO_TEST_CASE(fine) { BOOST_TEST(true); }
BOOST_AUTO_TEST_CASE(blows) { throw std::runtime_error("no stock"); }
BOOST_AUTO_TEST_SUITE_END()
