# frozen_string_literal: true

require_relative "../lib/cart"

RSpec.describe Cart do
  it "starts empty" do
    expect(subject.items).to be_empty
  end

  5.times do |n|
    it "keeps item #{n}" do
      subject.add("pen", n)
      expect(subject.items.first[:price]).to eq(n)
    end
  end

  describe "#total" do
    it "multiplies by quantity" do
      subject.add("pen", 2, 3)

      expect(subject.total).to eq(6)
    end

    it "lists what was bought" do
      subject.add("pen", 2)
      expect(subject.items).to eq(
        [{ name: "pencil", price: 2, quantity: 1 }]
      )
    end
  end

  describe "#discount" do
    it "knows the summer code" do
      expect(subject.discount("SUMMER")).to eq(0.1)
    end
  end

  it "logs errors of bad codes" do
    warn "Error: bad code (this is expected)"
    expect(true).to be(true)
  end
end
