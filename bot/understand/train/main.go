// Train makes the two models of bot/understand from the texts beside it and the half of the corpus that is for
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
	"os"
	"path/filepath"
	"strings"
	"sync"

	"amends/bot/understand"
)

// example is a text's features, its class, and how it is learnt from.
type example struct {
	words, rules []uint32
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

const riskClasses, intentClasses = 3, 14

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
	models := understand.Models{Features: common(risks, intents)}
	number := make([]int32, understand.FeatureCount)
	for i, f := range models.Features {
		number[f] = int32(i + 1)
	}
	var wait sync.WaitGroup
	wait.Go(func() { models.Risk = fit(risks, riskClasses, number, len(models.Features)) })
	wait.Go(func() { models.Intent = fit(intents, intentClasses, number, len(models.Features)) })
	wait.Wait()
	f, err := os.Create(filepath.Join(dir, "model.bin"))
	if err != nil {
		return err
	}
	if err := understand.WriteModels(f, &models); err != nil {
		return err
	}
	return f.Close()
}

// fewest is in how many texts a feature must stand to be learnt: what stands in fewer says more of those texts than of the next.
const fewest = 3

// common is the features that stand in enough texts for either model, ascending.
func common(lists ...[]example) []uint32 {
	var most [understand.FeatureCount]int
	for _, list := range lists {
		var count [understand.FeatureCount]int
		for _, e := range list {
			for _, features := range [][]uint32{e.words, e.rules} {
				for _, f := range features {
					count[f]++
					most[f] = max(most[f], count[f])
				}
			}
		}
	}
	var out []uint32
	for f, n := range most {
		if n >= fewest {
			out = append(out, uint32(f))
		}
	}
	return out
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
