package cart

import (
	"github.com/google/uuid"
	"github.com/pkg/errors"

	"example.com/cart/prices"
)

var Err = errors.New(uuid.NewString() + prices.Name)
