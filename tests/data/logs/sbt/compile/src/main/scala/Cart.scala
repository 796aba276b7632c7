package cart

object Cart {
  def total(prices: List[Int]): Int = {
    val unused = 1
    prices.sum + "0"
  }
  def first(prices: List[Int]): Int = prises.head
}
