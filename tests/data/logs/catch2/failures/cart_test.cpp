#define CATCH_CONFIG_MAIN
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif
#include <stdexcept>
#include <vector>

static int total(const std::vector<int>& prices) {
  int sum = 0;
  for (size_t i = 1; i < prices.size(); ++i) sum += prices[i];
  return sum;
}

TEST_CASE("an empty cart is free", "[cart]") { REQUIRE(total({}) == 0); }

TEST_CASE("a cart counts every item", "[cart]") {
  std::vector<int> prices{3, 4};
  SECTION("two items") {
    INFO("prices are 3 and 4");
    CHECK(total(prices) == 7);
    REQUIRE(total(prices) > 5);
  }
}

TEST_CASE("a store opens", "[store]") { throw std::runtime_error("no store"); }
