total() { echo $(( ($1 + $2) * 2 )); }

@test "starts empty" {
  [ "$(total 0 0)" -eq 0 ]
}

@test "sums prices" {
  run total 1 2
  [ "$output" -eq 3 ]
}

@test "finds the tool" {
  widgetctl --version
}
