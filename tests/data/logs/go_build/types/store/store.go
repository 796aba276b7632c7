package store

import (
	"example.com/cart"
)

type Saver interface{ Save(total int) error }

type File struct{}

func (File) Save(total string) error { return nil }

var _ Saver = File{}

func Store(f File) error {
	return f.Save(cart.Total())
}
