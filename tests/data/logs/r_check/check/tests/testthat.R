library(testthat)
library(widgets)

test_check("widgets")
