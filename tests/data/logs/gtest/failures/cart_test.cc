#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

static int Total(const std::vector<int>& prices) {
  int sum = 0;
  for (size_t i = 1; i < prices.size(); ++i) sum += prices[i];
  return sum;
}

TEST(CartTest, EmptyIsZero) { EXPECT_EQ(0, Total({})); }

TEST(CartTest, CountsEveryItem) {
  std::vector<int> prices{3, 4};
  EXPECT_EQ(7, Total(prices)) << "prices: 3 and 4";
  EXPECT_TRUE(Total(prices) > 5);
}

TEST(CartTest, Throws) { throw std::runtime_error("no store"); }

class Discount : public ::testing::TestWithParam<int> {};

TEST_P(Discount, IsKept) { ASSERT_NE(GetParam(), 2); }

INSTANTIATE_TEST_SUITE_P(All, Discount, ::testing::Values(1, 2));

TEST(CartDeathTest, Dies) { ASSERT_DEATH(Total({1}), "negative"); }
