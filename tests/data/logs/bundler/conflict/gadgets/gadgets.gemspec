Gem::Specification.new do |s|
  s.name = "gadgets"
  s.version = "1.0.0"
  s.summary = "gadgets"
  s.authors = ["example"]
  s.files = []
  s.add_dependency "screws", "~> 1.0"
end
