defmodule Widgets.Cart do
  def total(prices) do
    unused = 1
    Enum.summ(prices)
  end
end
