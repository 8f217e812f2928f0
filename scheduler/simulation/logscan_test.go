package simulation

import "testing"

func TestPrivateIn(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"name Xqabdeabde Xqfgikfgik":  "a name or a private word",
		"at xqabdeabde street":        "a name or a private word",
		"MEUCIQDXqabdefgikW/4k":       "", // a signature's
		"Xqabdefgik, then Xqabdeabde": "a name or a private word",
		"to +13125550123":             "a number",
		"4f3125550123ab":              "", // an identifier's
		"Do you feel safe? 1 yes":     "the words of a text",
	} {
		if got := privateIn([]byte(text)); got != want {
			t.Errorf("%q bears %q, should be %q", text, got, want)
		}
	}
}
