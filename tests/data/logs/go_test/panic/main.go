package main

import "fmt"

func price(prices map[string][]int, name string) int {
	return prices[name][0]
}

func main() {
	fmt.Println("reading prices")
	fmt.Println(price(nil, "tea"))
}
