package console

import "net/url"

// caseLink is the page of a case.
func caseLink(reference string) string { return "/cases/" + url.PathEscape(reference) }
