total <- function(prices) {
  stop("no prices given")
}
message("Reading prices")
library(stats)
total(c())
