Gem::Specification.new do |s|
  s.name = "screws"
  s.version = "1.2.0"
  s.summary = "screws"
  s.authors = ["example"]
  s.files = []
  
end
