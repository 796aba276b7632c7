library(testthat)
test_that("sum works", { expect_equal(1 + 1, 3) })
test_that("fine", { expect_true(TRUE) })
test_that("errors out", { stop("no file") })
