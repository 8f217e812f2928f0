package console

// Route is a path with who may take it, for the test that walks them all.
type Route struct {
	Pattern string
	Wall    string
	Public  bool
	May     func(role string) bool
}

// Routes are all there are.
func Routes() []Route {
	var all []Route
	for _, r := range routes() {
		all = append(all, Route{r.pattern, string(r.wall), r.who == public, func(role string) bool { return r.who.may(roleOf(role)) }})
	}
	return all
}

// Said are the English sentences of the tables of words.
func Said() []string {
	var all []string
	for _, words := range []map[string]string{wordings(), actionWords(), verbs(), serviceNames()} {
		for _, w := range words {
			all = append(all, w)
		}
	}
	for _, w := range faultWords() {
		all = append(all, w[1])
	}
	for _, a := range acts() {
		all = append(all, a.said)
	}
	for _, p := range parts() {
		all = append(all, p.Text)
	}
	return all
}
