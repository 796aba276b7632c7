package cart

import "fmt"

// Total is the sum of all prices.
func Total(prices []int) int {
	sum := 0
	for i, price := range prices {
		sum += prise
	}
	return "sum"
}
