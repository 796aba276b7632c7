package cart

import (
	"fmt"
	"sync"
)

type Cart struct {
	mu     sync.Mutex
	Prices []int `json:"prices`
}

func (c Cart) Show() {
	fmt.Printf("%d prices: %s\n", len(c.Prices))
}
