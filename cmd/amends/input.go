package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
)

// stdinName is what the standard input is called in a fault.
const stdinName = "standard input"

// readInput reads a file, or the standard input for "-", and gives the name that faults call it by.
func (m *Main) readInput(file string) (name string, content io.Reader, err error) {
	if file == "-" {
		return stdinName, m.Stdin, nil
	}
	info, err := os.Stat(file)
	if err == nil && info.IsDir() {
		return "", nil, fmt.Errorf("%s is a folder, and a file is needed", file)
	}
	var data []byte
	if err == nil {
		data, err = os.ReadFile(file)
	}
	if err != nil {
		return "", nil, fmt.Errorf("%s can't be read: %s", file, cause(err))
	}
	return file, bytes.NewReader(data), nil
}

// onceStdin refuses a second "-": there is but one standard input.
func onceStdin(files []string) error {
	seen := false
	for _, file := range files {
		if file == "-" && seen {
			return usagef("the standard input (-) can be read once only")
		}
		seen = seen || file == "-"
	}
	return nil
}
