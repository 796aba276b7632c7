require "test/unit"

class Cart
  def total(prices) = prices.sum * 2
  def discount(code) = nil.fetch(code)
end

class TestCart < Test::Unit::TestCase
  def test_total
    assert_equal(6, Cart.new.total([1, 2, 3]))
  end

  def test_discount
    assert_equal(1, Cart.new.discount("SUMMER"))
  end
end
