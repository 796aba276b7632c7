test_that("an empty cart costs nothing", {
  expect_equal(total(numeric()), 0)
})

test_that("prices are summed", {
  expect_equal(total(c(1, 2, 3)), 6)
})

test_that("codes are known", {
  expect_true(discount("SUMMER") > 0)
})
