defmodule Widgets.Cart do
  def total( prices ), do:   Enum.sum( prices )
end
