// Train makes the two small models of bot/understand from the texts beside it and the half of the corpus that is for
// tuning. It gives the same file on every run:
//
//	go run ./bot/understand/train
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"math"
	"os"
	"path/filepath"
	"strings"

	"amends/bot/understand"
)

// example is a text's features and its class.
type example struct {
	features []uint16
	class    int
}

var riskClass = map[string]int{"n": 0, "none": 0, "c": 1, "concern": 1, "u": 2, "urgent": 2}

var intentClass = map[string]int{
	"-": 0, "unclear": 0, "stop": 1, "wrong_number": 2, "start": 3, "language": 4, "paid": 5, "not_received": 6, "received": 7, "later": 8,
	"done": 9, "balance": 10, "call": 11, "resources": 12, "help": 13,
}

func main() {
	dir := flag.String("dir", filepath.Join("bot", "understand"), "the package's folder")
	flag.Parse()
	log.SetFlags(0)
	if err := run(*dir); err != nil {
		log.Fatal(err)
	}
}

func run(dir string) error {
	r := understand.New()
	var risks, intents []example
	add := func(to *[]example, text, lang string, class int, roles ...string) {
		for _, role := range roles {
			*to = append(*to, example{r.Features(understand.Input{Text: text, Lang: lang, Role: role}), class})
		}
	}
	for _, lang := range r.Languages() {
		err := lines(filepath.Join(dir, "train", "risk."+lang+".txt"), func(key, text string) error {
			c, ok := riskClass[key]
			if !ok {
				return fmt.Errorf("no such risk: %s", key)
			}
			add(&risks, text, lang, c, understand.Victim, understand.Offender)
			if c > 0 {
				add(&intents, text, lang, 0, understand.Victim)
			}
			return nil
		})
		if err != nil {
			return err
		}
		err = lines(filepath.Join(dir, "train", "intents."+lang+".txt"), func(key, text string) error {
			c, ok := intentClass[key]
			if !ok {
				return fmt.Errorf("no such intent: %s", key)
			}
			roles := []string{understand.Victim, understand.Offender}
			switch key {
			case "paid":
				roles = roles[1:]
			case "received", "not_received":
				roles = roles[:1]
			}
			add(&intents, text, lang, c, roles...)
			if key != "stop" && key != "resources" {
				add(&risks, text, lang, 0, roles[0])
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	for _, name := range []string{filepath.Join("testdata", "tuned.jsonl"), filepath.Join("train", "sittings.jsonl")} {
		err := corpus(filepath.Join(dir, name), func(text, lang, role, expect, intent, risk string) {
			add(&risks, text, lang, riskClass[risk], role)
			if c, ok := intentClass[intent]; ok && (expect == "none" || expect == "text") {
				add(&intents, text, lang, c, role)
			}
		})
		if err != nil {
			return err
		}
	}
	risk := fit(risks, len([]string{"none", "concern", "urgent"}))
	intent := fit(intents, len(intentClass)-1)
	f, err := os.Create(filepath.Join(dir, "model.bin"))
	if err != nil {
		return err
	}
	if err := understand.WriteModels(f, []understand.Model{risk, intent}); err != nil {
		return err
	}
	return f.Close()
}

// lines reads a file of a class and a text a line.
func lines(name string, each func(key, text string) error) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	for s.Scan() {
		key, text, ok := strings.Cut(s.Text(), " ")
		if !ok {
			continue
		}
		if err := each(key, text); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return s.Err()
}

func corpus(name string, each func(text, lang, role, expect, intent, risk string)) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	for s.Scan() {
		var e struct {
			Text, Lang, Role, Expect string
			Want                     struct{ Intent, Risk string }
		}
		if err := json.Unmarshal(s.Bytes(), &e); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		each(e.Text, e.Lang, e.Role, e.Expect, e.Want.Intent, e.Want.Risk)
	}
	return s.Err()
}

// How a model is fitted: by AdaGrad, over all examples in one fixed shuffled order an epoch, drawn towards zero.
const (
	epochs = 40
	rate   = 0.12
	decay  = 2e-5
)

func fit(all []example, classes int) understand.Model {
	w := make([]float64, classes*understand.FeatureCount)
	g := make([]float64, len(w))
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	state := uint64(1)
	for range epochs {
		for i := len(order) - 1; i > 0; i-- {
			state = state*6364136223846793005 + 1442695040888963407
			j := int((state >> 33) % uint64(i+1))
			order[i], order[j] = order[j], order[i]
		}
		for _, n := range order {
			step(w, g, all[n], classes)
		}
	}
	return quantize(w, classes)
}

func step(w, g []float64, e example, classes int) {
	p := make([]float64, classes)
	for _, f := range e.features {
		for c := range p {
			p[c] += w[int(f)*classes+c]
		}
	}
	top := p[0]
	for _, x := range p {
		top = max(top, x)
	}
	sum := 0.0
	for c := range p {
		p[c] = math.Exp(p[c] - top)
		sum += p[c]
	}
	for c := range p {
		d := p[c] / sum
		if c == e.class {
			d--
		}
		for _, f := range e.features {
			k := int(f)*classes + c
			grad := d + decay*w[k]
			g[k] += grad * grad
			w[k] -= rate * grad / (1e-6 + math.Sqrt(g[k]))
		}
	}
}

func quantize(w []float64, classes int) understand.Model {
	top := 0.0
	for _, x := range w {
		top = max(top, math.Abs(x))
	}
	m := understand.Model{Classes: classes, Scale: float32(top / 127), Weights: make([]int8, len(w))}
	for i, x := range w {
		m.Weights[i] = int8(math.Round(x / top * 127))
	}
	return m
}
