package cart

class CartMunit extends munit.FunSuite {
  test("counts two items") {
    assertEquals(Cart.total(List(3, 4)), 7, "every price counts")
  }
  test("fine") {}
}
