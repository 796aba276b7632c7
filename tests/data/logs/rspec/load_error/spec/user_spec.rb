require_relative "../lib/user"

RSpec.describe User do
  it("works") { expect(1).to eq(1) }
end
