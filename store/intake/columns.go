package intake

// columnOf is the column of an import table that a path of its case comes from;
// "" is the row as a whole.
func columnOf(path string) string { return path }
