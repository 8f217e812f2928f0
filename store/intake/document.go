package intake

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// maxFile is the size that a program or case file may have, in bytes: some
// hundred times the longest we know.
const maxFile = 1 << 20

// document reads the one document of a file, YAML or JSON, as a tree of nodes
// with their lines. A fault ends the reading: what follows cannot be trusted.
func document(name string, r io.Reader) (*yaml.Node, Faults) {
	fault := func(line int, message string) (*yaml.Node, Faults) {
		return nil, Faults{{File: name, Line: line, Message: message}}
	}
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return fault(0, "the file cannot be read to its end")
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	switch {
	case len(data) > maxFile:
		return fault(0, "the file is larger than 1 MiB; it is not a program or case file")
	case !utf8.Valid(data):
		return fault(0, "the file is not UTF-8 text; save it as UTF-8")
	case len(bytes.TrimSpace(data)) == 0:
		return fault(0, "the file is empty")
	}
	if bytes.TrimSpace(data)[0] == '{' {
		var first json.RawMessage
		dec := json.NewDecoder(bytes.NewReader(data))
		if dec.Decode(&first) == nil {
			rest := data[dec.InputOffset():]
			if len(bytes.TrimSpace(rest)) == 0 {
				return fromJSON(data), nil
			}
			if bytes.TrimSpace(rest)[0] == '{' {
				return fault(lineAt(data, len(data)-len(bytes.TrimLeft(rest, " \t\r\n"))), severalDocuments)
			}
		}
	}

	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc, second yaml.Node
	if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
		return fault(0, "the file is empty")
	} else if err != nil {
		return fault(yamlFault(err))
	}
	if err := dec.Decode(&second); err == nil {
		return fault(second.Line, severalDocuments)
	} else if !errors.Is(err, io.EOF) {
		return fault(yamlFault(err))
	}
	if len(doc.Content) != 1 {
		return fault(0, "the file is empty")
	}
	return doc.Content[0], nil
}

const severalDocuments = "the file holds several documents; put each into a file of its own"

var yamlLine = regexp.MustCompile(`line (\d+)`)

// fromParser are the messages whose line the library counts from 0.
var fromParser = regexp.MustCompile(`did not find expected (node content|key|'-' indicator|',' or|<document start>)`)

// yamlFault takes the line from the library's message and leaves the rest,
// which may repeat what stands there.
func yamlFault(err error) (int, string) {
	line := 0
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		line, _ = strconv.Atoi(m[1])
	}
	if fromParser.MatchString(err.Error()) {
		line++
	}
	switch {
	case strings.Contains(err.Error(), "tab"), strings.Contains(err.Error(), "cannot start any token"):
		return line, "the file is not valid YAML here; look for a tab (indent with spaces) or a sign that needs quotes"
	case strings.Contains(err.Error(), "anchor"):
		return line, "the file has an alias (*) to nothing; write the value out"
	}
	return line, "the file is not valid YAML here, or in what begins here; look at the indentation, quotes, colons and brackets"
}

// fromJSON makes nodes of one valid JSON value.
func fromJSON(data []byte) *yaml.Node {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	at, line := 0, 1
	next := func() (json.Token, int) {
		tok, err := dec.Token()
		if err != nil {
			return nil, line
		}
		end := int(dec.InputOffset())
		line += bytes.Count(data[at:end], []byte{'\n'})
		at = end
		return tok, line
	}
	var value func() *yaml.Node
	value = func() *yaml.Node {
		tok, line := next()
		n := &yaml.Node{Kind: yaml.ScalarNode, Line: line}
		switch t := tok.(type) {
		case json.Delim:
			n.Kind, n.Tag = yaml.MappingNode, "!!map"
			if t == '[' {
				n.Kind, n.Tag = yaml.SequenceNode, "!!seq"
			}
			for dec.More() {
				n.Content = append(n.Content, value())
				if t == '{' {
					n.Content = append(n.Content, value())
				}
			}
			next()
		case string:
			n.Tag, n.Value = "!!str", t
		case json.Number:
			n.Tag, n.Value = "!!int", t.String()
			if strings.ContainsAny(n.Value, ".eE") {
				n.Tag = "!!float"
			}
		case bool:
			n.Tag, n.Value = "!!bool", strconv.FormatBool(t)
		default:
			n.Tag = "!!null"
		}
		return n
	}
	return value()
}

func lineAt(data []byte, offset int) int { return 1 + bytes.Count(data[:offset], []byte{'\n'}) }
