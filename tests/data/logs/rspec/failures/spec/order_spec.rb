# frozen_string_literal: true

require_relative "../lib/cart"

RSpec.describe "an order" do
  it "is aggregated", :aggregate_failures do
    cart = Cart.new
    expect(cart.items.size).to eq(1)
    expect(cart.total).to be > 0
  end
end
