# frozen_string_literal: true

class Cart
  attr_reader :items

  def initialize
    @items = []
  end

  def add(name, price, quantity = 1)
    @items << { name: name, price: price, quantity: quantity }
  end

  def total
    @items.sum { |item| item[:price] }
  end

  def discount(code)
    codes.fetch(code)
  end
end
