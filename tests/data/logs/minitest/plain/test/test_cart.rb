require "minitest/autorun"

class Cart
  def total(prices) = prices.sum * 2
  def discount(code) = nil.fetch(code)
end

class TestCart < Minitest::Test
  def test_total
    assert_equal 6, Cart.new.total([1, 2, 3]), "the total of three"
  end

  def test_discount
    assert_equal 1, Cart.new.discount("SUMMER")
  end

  def test_names
    assert_equal({ name: "pen", price: 1 }, { name: "pen", price: 2 })
  end

  def test_noise
    puts "Error: this text belongs to a passing test"
    assert true
  end

  def test_skipped
    skip "not today"
  end
end
