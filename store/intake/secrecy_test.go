package intake_test

import (
	"regexp"
	"strings"
	"testing"

	"amends/store/intake"
)

// Wherever a name or number is put by mistake, for a value or for a field, no
// fault repeats it (law 10).
func TestNoFaultCarriesANameOrNumber(t *testing.T) {
	t.Parallel()
	token := regexp.MustCompile(`"[^"]*"|[^\s{}\[\],:]+`)
	secrets := []string{"Qwxyz Zyxwq", "Qwxyz", `"+13125559876"`, "+13125559876", "Qwxyz: [Zyxwq", "'Qwxyz", "*Qwxyz", "!Qwxyz x", "&Qwxyz x"}
	parse := map[string]func(text string) error{
		"case.yaml": func(text string) error {
			c, err := intake.ParseCase("case.yaml", strings.NewReader(text))
			if err != nil {
				return err
			}
			program := sampleProgram(t)
			return c.Check(&program)
		},
		"program.yaml": func(text string) error {
			_, err := intake.ParseProgram("program.yaml", strings.NewReader(text))
			return err
		},
		"cases.csv": func(text string) error {
			_, faults := intake.ReadTable("cases.csv", strings.NewReader(text), nil)
			return faults
		},
	}
	for name, read := range parse {
		sample := tableHeader + tableRow
		if name != "cases.csv" {
			sample = string(file(t, name))
		}
		for _, at := range token.FindAllStringIndex(sample, -1) {
			for _, secret := range secrets {
				err := read(sample[:at[0]] + secret + sample[at[1]:])
				if err == nil {
					continue
				}
				if told := err.Error(); strings.Contains(strings.ToLower(told), "qwx") || strings.Contains(told, "9876") {
					if strings.Contains(told, "[Qwxyz]") || strings.Contains(told, "column qwxyz,") {
						continue // it stood for a key, which is what a fault names; or for a column among columns
					}
					t.Errorf("%s with %s at %d: %s", name, secret, at[0], told)
				}
			}
		}
	}
}
