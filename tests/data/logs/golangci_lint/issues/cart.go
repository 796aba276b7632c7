package widgets

import (
	"fmt"
	"os"
)

type Cart struct{ items []int }

func (c *Cart) Total() (total int) {
	for _, item := range c.items {
		total += item
	}
	return total
}

func Load(path string) *Cart {
	os.Remove(path)
	cart := &Cart{}

	cart.items = append(cart.items, 1)
	fmt.Printf("%d items\n", "none")
	return cart
}

func unusedHelper() int { return 1 }
