package price

func Parse(text string) int {
	if text == "" {
		return 0

	return 1
}
