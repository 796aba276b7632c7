defmodule Widgets.CartTest do
  use ExUnit.Case
  require Logger
  alias Widgets.Cart

  test "is empty" do
    Logger.error("this error is expected")
    assert Cart.total([]) == 0
  end

  describe "total/1" do
    test "sums prices" do
      assert Cart.total([1, 2, 3]) == 6
    end

    test "matches" do
      assert {:ok, _} = {:error, :empty}
    end
  end

  test "knows the summer code" do
    assert Cart.discount("SUMMER") == 0.1
  end

  test "answers in time" do
    parent = self()
    spawn(fn -> send(parent, :late) end)
    assert_receive :answer, 10
  end

  test "does not crash" do
    Task.await(Task.async(fn -> raise "crashed" end))
  end
end
