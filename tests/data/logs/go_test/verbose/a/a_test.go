package a
import ("testing"; "fmt")
func TestAdd(t *testing.T) {
	for _, c := range []struct{ n string; a, b, w int }{{"zero", 0, 0, 0}, {"one and one", 1, 1, 2}, {"neg", -1, 1, 0}} {
		t.Run(c.n, func(t *testing.T) { if g := Add(c.a, c.b); g != c.w { t.Errorf("Add(%d,%d) = %d, want %d", c.a, c.b, g, c.w) } })
	}
}
func TestOK(t *testing.T) { fmt.Println("--- FAIL: TestDecoy (0.00s)"); t.Log("ERROR: expected") }
func ExampleAdd() { fmt.Println(Add(1, 1))
	// Output: 2
}
