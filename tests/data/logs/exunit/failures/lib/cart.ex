defmodule Widgets.Cart do
  def total(prices), do: 2 * Enum.sum(prices)
  def discount(code), do: Map.fetch!(%{"WINTER" => 0.2}, code)
end
