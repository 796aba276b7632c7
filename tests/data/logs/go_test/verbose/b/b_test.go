package b
import "testing"
type T struct{ n *int }
func get(t *T) int { return *t.n }
func TestNil(t *testing.T) { get(&T{}) }
func TestAfter(t *testing.T) {}
