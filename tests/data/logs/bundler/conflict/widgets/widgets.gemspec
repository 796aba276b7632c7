Gem::Specification.new do |s|
  s.name = "widgets"
  s.version = "1.0.0"
  s.summary = "widgets"
  s.authors = ["example"]
  s.files = []
  s.add_dependency "screws", "~> 2.0"
end
