package store

import "testing"

func TestOpen(t *testing.T) {
	Open("cart.db", 3)
}
