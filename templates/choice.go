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

// Kind is how a language names a commitment of a kind: "the letter". "" if it has no name for it.
func (b *Book) Kind(kind, lang string) string {
	l, err := b.language(lang)
	if err != nil {
		return ""
	}
	return l.Kinds[kind].Plain
}
