package a
import ("testing";"github.com/stretchr/testify/suite";"github.com/stretchr/testify/require")
type S struct{ suite.Suite }
func (s *S) TestTotal() { s.Equal(map[string]int{"a":1}, map[string]int{"a":2}, "totals") }
func (s *S) TestFine() {}
func TestSuite(t *testing.T) { suite.Run(t, new(S)) }
func TestReq(t *testing.T) { require.NoError(t, errX{}) }
type errX struct{}
func (errX) Error() string { return "quota exceeded" }
