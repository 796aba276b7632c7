class Broken
  def a(
end
