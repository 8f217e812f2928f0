package main_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// alertRules is the file of alert rules, as Prometheus reads it.
type alertRules struct {
	Groups []struct {
		Name  string
		Rules []struct {
			Alert       string
			Expr        string
			For         string
			Labels      map[string]string
			Annotations map[string]string
		}
	}
}

var (
	metricNames  = regexp.MustCompile(`\bamends_[a-z_]+`)
	metricLabels = regexp.MustCompile(`(amends_[a-z_]+)\{([a-z]+)=(~?)"([^"]*)"\}`)
	durations    = regexp.MustCompile(`^([0-9]+[smhd])?$`)
	byLabels     = regexp.MustCompile(`\$labels\.([a-z]+)`)
)

// alertsMatch fails the test unless each alert rule is whole and asks only for what a service says of itself.
func alertsMatch(t *testing.T, exported string) {
	t.Helper()
	file, err := os.ReadFile("../../deploy/alerts.yml")
	if err != nil {
		t.Fatal(err)
	}
	var rules alertRules
	decoder := yaml.NewDecoder(strings.NewReader(string(file)))
	decoder.KnownFields(true)
	if err := decoder.Decode(&rules); err != nil {
		t.Fatal(err)
	}
	has := func(name, label, value string) bool {
		for line := range strings.Lines(exported) {
			if (strings.HasPrefix(line, name+"{") || strings.HasPrefix(line, name+" ")) &&
				(label == "" || strings.Contains(line, label+`="`+value+`"`)) {
				return true
			}
		}
		return false
	}
	var seen []string
	for _, rule := range rules.Groups[0].Rules {
		if slices.Contains(seen, rule.Alert) {
			t.Errorf("%s is there twice", rule.Alert)
		}
		seen = append(seen, rule.Alert)
		names := metricNames.FindAllString(rule.Expr, -1)
		for _, name := range names {
			// Alarms are there when one stands, the age of a checkpoint after the first.
			if !has(name, "", "") && !strings.Contains(exported, "# TYPE "+name+" ") && name != "amends_alarms" {
				t.Errorf("%s asks for %s, which is not exported", rule.Alert, name)
			}
		}
		for _, m := range metricLabels.FindAllStringSubmatch(rule.Expr, -1) {
			for value := range strings.SplitSeq(m[4], "|") {
				if !has(m[1], m[2], value) {
					t.Errorf("%s asks for %s{%s=%q}, which is not exported", rule.Alert, m[1], m[2], value)
				}
			}
		}
		for _, m := range byLabels.FindAllStringSubmatch(rule.Annotations["summary"], -1) {
			if !strings.Contains(rule.Expr, "by ("+m[1]) {
				t.Errorf("%s tells of the label %s, which it does not keep", rule.Alert, m[1])
			}
		}
		if len(names) == 0 || strings.Count(rule.Expr, "(") != strings.Count(rule.Expr, ")") || !durations.MatchString(rule.For) ||
			!slices.Contains([]string{"page", "ticket"}, rule.Labels["severity"]) || rule.Annotations["summary"] == "" || rule.Annotations["description"] == "" {
			t.Errorf("%s is not whole: %+v", rule.Alert, rule)
		}
	}
	if len(seen) < 10 {
		t.Errorf("only %v", seen)
	}
}
