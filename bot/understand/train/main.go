// Train makes the two small models of bot/understand from the texts beside it and the half of the corpus that is for
// tuning. It gives the same file on every run:
//
//	go run ./bot/understand/train
//
// What stands beside it: strangers.jsonl are texts by writers who knew the contract and nothing of this program, and no rule
// of the word files was made for them; sittings.jsonl are those that rules were made for; the others are lines of a class
// and a text.
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

// example is a text's features, its class, and how it is learnt from.
type example struct {
	words, rules []uint16
	class        int
	weight       float64
	blind        float64 // the share of epochs in which the rules' findings are hidden
}

// The rules hold wherever they were made to: to learn how far to trust them is for texts that they were not made for.
const (
	blindTuned  = 0.7
	blindFresh  = 0.1
	lineWeight  = 0.6 // of the texts that have nothing but a class
	otherWeight = 1
)

var riskClass = map[string]int{"": 0, "n": 0, "none": 0, "c": 1, "concern": 1, "u": 2, "urgent": 2}

// intentClass is the place of each intent among a model's classes. An answer is none: what was asked decides of it.
var intentClass = map[string]int{
	"-": 0, "unclear": 0, "answer": 0, "stop": 1, "wrong_number": 2, "start": 3, "language": 4, "paid": 5, "not_received": 6, "received": 7,
	"later": 8, "done": 9, "balance": 10, "call": 11, "resources": 12, "help": 13,
}

const intentClasses = 14

func main() {
	dir := flag.String("dir", filepath.Join("bot", "understand"), "the package's folder")
	flag.Parse()
	log.SetFlags(0)
	if err := run(*dir); err != nil {
		log.Fatal(err)
	}
}

func run(dir string) error {
	r := understand.NewUntrained()
	var risks, intents []example
	add := func(to *[]example, in understand.Input, class int, weight, blind float64) {
		words, rules := r.Features(in)
		*to = append(*to, example{words, rules, class, weight, blind})
	}
	line := func(text, lang, role string) understand.Input {
		return understand.Input{Text: text, Lang: lang, Role: role, Expect: understand.Expect{Kind: understand.None}}
	}
	for _, lang := range r.Languages() {
		err := lines(filepath.Join(dir, "train", "risk."+lang+".txt"), func(key, text string) error {
			c, ok := riskClass[key]
			if !ok {
				return fmt.Errorf("no such risk: %s", key)
			}
			for _, role := range []string{understand.Victim, understand.Offender} {
				add(&risks, line(text, lang, role), c, lineWeight, blindTuned)
			}
			if c > 0 {
				add(&intents, line(text, lang, understand.Victim), 0, lineWeight, blindTuned)
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
			for _, role := range roles {
				add(&intents, line(text, lang, role), c, lineWeight, blindTuned)
			}
			if key != "stop" && key != "resources" {
				add(&risks, line(text, lang, roles[0]), 0, lineWeight, blindTuned)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	for _, f := range []struct {
		name  string
		blind float64
	}{
		{filepath.Join("train", "sittings.jsonl"), blindTuned},
		{filepath.Join("testdata", "tuned.jsonl"), blindTuned},
		{filepath.Join("train", "strangers.jsonl"), blindFresh},
	} {
		err := corpus(filepath.Join(dir, f.name), func(in understand.Input, intent, risk string) error {
			c, ok := intentClass[intent]
			if !ok {
				return fmt.Errorf("no such intent: %s", intent)
			}
			d, ok := riskClass[risk]
			if !ok {
				return fmt.Errorf("no such risk: %s", risk)
			}
			add(&risks, in, d, otherWeight, f.blind)
			add(&intents, in, c, otherWeight, f.blind)
			return nil
		})
		if err != nil {
			return err
		}
	}
	risk, intent := fit(risks, 3), fit(intents, intentClasses)
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
	return scan(name, func(line []byte) error {
		key, text, ok := strings.Cut(string(line), " ")
		if !ok {
			return nil
		}
		return each(key, text)
	})
}

func corpus(name string, each func(in understand.Input, intent, risk string) error) error {
	return scan(name, func(line []byte) error {
		var e struct {
			Text, Lang, Role, Expect string
			Min, Max                 int
			Options                  []string
			Want                     struct{ Intent, Risk string }
		}
		if err := json.Unmarshal(line, &e); err != nil {
			return err
		}
		return each(understand.Input{
			Text: e.Text, Lang: e.Lang, Role: e.Role,
			Expect: understand.Expect{Kind: understand.Kind(e.Expect), Min: e.Min, Max: e.Max, Options: e.Options},
		}, e.Want.Intent, e.Want.Risk)
	})
}

func scan(name string, each func(line []byte) error) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	for n := 1; s.Scan(); n++ {
		if err := each(s.Bytes()); err != nil {
			return fmt.Errorf("%s:%d: %w", name, n, err)
		}
	}
	return s.Err()
}

// How a model is fitted: by AdaGrad, over all examples in one fixed shuffled order an epoch, drawn towards zero.
const (
	epochs = 10
	rate   = 0.12
	decay  = 3e-4
)

// lots is a fixed sequence of numbers that look drawn.
type lots uint64

func (l *lots) draw() uint64 {
	*l = *l*6364136223846793005 + 1442695040888963407
	return uint64(*l >> 33)
}

// chance is true in the given share of draws.
func (l *lots) chance(share float64) bool { return float64(l.draw()%1000) < share*1000 }

func fit(all []example, classes int) understand.Model {
	w := make([]float64, classes*understand.FeatureCount)
	g := make([]float64, len(w))
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	l := lots(1)
	var features []uint16
	for range epochs {
		for i := len(order) - 1; i > 0; i-- {
			j := int(l.draw() % uint64(i+1))
			order[i], order[j] = order[j], order[i]
		}
		for _, n := range order {
			e := &all[n]
			features = append(features[:0], e.words...)
			if !l.chance(e.blind) {
				features = append(features, e.rules...)
			}
			step(w, g, features, e.class, classes, e.weight)
		}
	}
	return quantize(w, classes)
}

func step(w, g []float64, features []uint16, class, classes int, weight float64) {
	p := make([]float64, classes)
	for _, f := range features {
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
		p[c] /= sum
		if c == class {
			p[c]--
		}
		p[c] *= weight
	}
	for _, f := range features {
		for c, d := range p {
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
