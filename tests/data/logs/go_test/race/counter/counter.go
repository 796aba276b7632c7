package counter

// Counter counts.
type Counter struct{ n int }

// Add adds one.
func (c *Counter) Add() {
	c.n++
}
