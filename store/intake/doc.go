// Package intake reads the forms in which programs and cases come in: the
// program file and the case file, in YAML or JSON, and the import table, in CSV
// or XLSX.
//
// Everything is refused that is not plainly right: an unknown or repeated
// field, a date that does not exist, money that is not exact to the cent, a
// commitment owed by nobody. All faults of a file are found at once, each a
// sentence that says where, what, and how to mend it, and none carries a name,
// a number or any other value of the file: it says which party's field or
// which row it is.
//
// The package is pure. It opens no file, knows no database and no clock. What
// it returns holds names and numbers in clear, to be encrypted by whoever keeps
// it.
//
// The smallest use:
//
//	c, err := intake.ParseCase("case.yaml", file) // err is intake.Faults
//	if faults := c.Check(&program); len(faults) > 0 {
//		return faults
//	}
package intake
