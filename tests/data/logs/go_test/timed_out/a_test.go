package a
import ("testing";"sync")
func TestHang(t *testing.T) { var m sync.Mutex; m.Lock(); go func(){ select{} }(); m.Lock() }
