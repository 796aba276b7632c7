package cart

object Cart {
  def total(prices: List[Int]): Int = prices.drop(1).sum
}
