package a
import ("testing"; . "github.com/onsi/ginkgo/v2"; . "github.com/onsi/gomega")
func TestA(t *testing.T) { RegisterFailHandler(Fail); RunSpecs(t, "Shop Suite") }
var _ = Describe("Cart", func() {
	It("adds items", func() { Expect(1 + 1).To(Equal(3)) })
	It("is fine", func() {})
	Context("when empty", func() { It("panics on checkout", func() { panic("no items") }) })
})
