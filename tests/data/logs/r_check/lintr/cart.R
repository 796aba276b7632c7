Total = function(prices) {
  x<-sum(prices)
  return(x )
}
