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
	x := 1
	x = 2
	fmt.Printf("%d items\n", "none")
	return cart
}

func unusedHelper() int { return 1 }
