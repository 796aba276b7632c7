require "simplecov"
SimpleCov.start { minimum_coverage line: 90; track_files "lib/*.rb" }
require "minitest/autorun"
require_relative "../lib/cart"

class TestCart < Minitest::Test
  def test_total
    assert_equal 6, Cart.new.total([1, 2, 3])
  end
end
