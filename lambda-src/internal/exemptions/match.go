package exemptions

// match says whether the whole text is what the pattern describes: * stands for any text, also none and also with
// slashes, and ? for any one character. It takes at most the product of both lengths in steps.
func match(pattern, text string) bool {
	wanted, given := []rune(pattern), []rune(text)
	p, t := 0, 0
	star, resume := -1, 0
	for t < len(given) {
		switch {
		case p < len(wanted) && wanted[p] == '*':
			star, resume = p, t
			p++
		case p < len(wanted) && (wanted[p] == '?' || wanted[p] == given[t]):
			p++
			t++
		case star >= 0:
			resume++
			p, t = star+1, resume
		default:
			return false
		}
	}
	for p < len(wanted) && wanted[p] == '*' {
		p++
	}
	return p == len(wanted)
}
