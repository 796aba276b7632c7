package cart

func Total(prices []int) int {
	sum := 0
	for _, p := range prices[1:] {
		sum += p
	}
	return sum
}
