package main

import (
	"bytes"
	"embed"
	"fmt"
	"strings"
	"text/template"
	"time"

	"amends/store/calendar"
	"amends/store/intake"

	"go.yaml.in/yaml/v3"
)

//go:embed samples/*.yaml
var sampleFiles embed.FS

const (
	sampleProgram = "riverside"
	sampleScript  = "script"
	// samplesBegin is how many days before the demo's own day the first sample case was mediated, and one more.
	samplesBegin = 45
)

// samples are the demo's program and cases, with dates counted from the demo's own day.
type samples struct{ today calendar.Date }

// scriptLine is something that happened before the demo begins.
type scriptLine struct {
	Day  int                `yaml:"day"` // from the demo's own, 0
	At   string             `yaml:"at"`  // HH:MM on the program's clock
	Case string             `yaml:"case"`
	From string             `yaml:"from"` // a phone, that writes
	Text string             `yaml:"text"`
	time calendar.TimeOfDay // of At
}

// read gives a sample file with its dates filled in.
func (s samples) read(name string) ([]byte, error) {
	source, err := sampleFiles.ReadFile("samples/" + name + ".yaml")
	if err != nil {
		return nil, err
	}
	page, err := template.New(name).Funcs(template.FuncMap{
		"day":  func(n int) string { return s.today.AddDays(n).String() },
		"year": func() string { return s.today.String()[:4] },
	}).Parse(string(source))
	if err != nil {
		return nil, err
	}
	var filled bytes.Buffer
	if err := page.Execute(&filled, nil); err != nil {
		return nil, err
	}
	return filled.Bytes(), nil
}

// program is the sample program.
func (s samples) program() (intake.Program, error) {
	source, err := s.read(sampleProgram)
	if err != nil {
		return intake.Program{}, err
	}
	return intake.ParseProgram("the sample program", bytes.NewReader(source))
}

// caseFile is a sample case.
func (s samples) caseFile(name string) (intake.Case, error) {
	source, err := s.read(name)
	if err != nil {
		return intake.Case{}, err
	}
	return intake.ParseCase("the sample case "+name, bytes.NewReader(source))
}

// script is what happened before, in its order.
func (s samples) script() ([]scriptLine, error) {
	source, err := s.read(sampleScript)
	if err != nil {
		return nil, err
	}
	var lines []scriptLine
	decoder := yaml.NewDecoder(bytes.NewReader(source))
	decoder.KnownFields(true)
	if err := decoder.Decode(&lines); err != nil {
		return nil, fmt.Errorf("the samples' script: %w", err)
	}
	for i := range lines {
		if lines[i].time, err = calendar.ParseTime(lines[i].At); err != nil {
			return nil, fmt.Errorf("the samples' script, line %d: %w", i+1, err)
		}
	}
	return lines, nil
}

// names are the sample cases.
func (s samples) names() []string {
	var names []string
	files, _ := sampleFiles.ReadDir("samples") // embedded: it is there
	for _, file := range files {
		name := strings.TrimSuffix(file.Name(), ".yaml")
		if name != sampleProgram && name != sampleScript {
			names = append(names, name)
		}
	}
	return names
}

// when is the instant of a line.
func (s samples) when(line scriptLine, zone *time.Location) time.Time {
	return calendar.At(s.today.AddDays(line.Day), line.time, zone)
}
