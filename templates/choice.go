package templates

// Word is a choice's option in a language, as a party would write it: "not sure" for unsure. An
// option that the language has no word for is its own.
func (b *Book) Word(option, lang string) string {
	l, err := b.language(lang)
	if err != nil || l.Choices[option] == "" {
		return option
	}
	return l.Choices[option]
}
