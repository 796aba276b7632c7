package cart

import "testing"

func TestTotal(t *testing.T) {
	for _, c := range []struct {
		name   string
		prices []int
		want   int
	}{{"two", []int{3, 4}, 7}, {"one", []int{5}, 5}} {
		t.Run(c.name, func(t *testing.T) {
			if got := Total(c.prices); got != c.want {
				t.Errorf("Total(%v) = %d, want %d", c.prices, got, c.want)
			}
		})
	}
}

func TestEmpty(t *testing.T) {
	if got := Total(nil); got != 0 {
		t.Errorf("Total(nil) = %d, want 0", got)
	}
}
