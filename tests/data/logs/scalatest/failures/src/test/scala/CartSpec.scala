package cart

import org.scalatest.flatspec.AnyFlatSpec
import org.scalatest.funsuite.AnyFunSuite
import org.scalatest.matchers.should.Matchers

class CartSpec extends AnyFlatSpec with Matchers {
  "A cart" should "be free when empty" in {
    Cart.total(Nil) shouldBe 0
  }

  it should "count every item" in {
    Cart.total(List(3, 4)) shouldBe 7
  }

  it should "open its store" in {
    throw new IllegalStateException("no database", new RuntimeException("port 5432 is closed"))
  }
}

class StoreSuite extends AnyFunSuite {
  test("saves a cart") {
    assert(Cart.total(List(1)) > 0, "one item")
  }
  test("loads a cart")(pending)
}

class BrokenSuite extends AnyFunSuite {
  val store: Int = sys.error("no store")
  test("never runs") {}
}
