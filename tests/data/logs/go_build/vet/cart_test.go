package cart

import "testing"

func TestShow(t *testing.T) {
	Cart{}.Show()
}
