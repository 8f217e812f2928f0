package understand

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"
)

// ModelBits is how many bits of a feature's hash a model keeps. FeatureCount is how many features that leaves.
const (
	ModelBits    = 14
	FeatureCount = 1 << ModelBits
)

//go:embed model.bin
var modelFile []byte

// Classes of the two models, in the order of their weights. The intents are those a text has by itself.
var (
	riskClasses   = [...]Risk{RiskNone, RiskConcern, RiskUrgent}
	intentClasses = [...]Intent{
		Unclear, Stop, WrongNumber, Start, Language, Paid, NotReceived, Received, Later, Done, Balance, Call, Resources, Help,
	}
)

// Model is a linear classifier over hashed features, made by the program in train.
type Model struct {
	Scale   float32 // what a weight of 1 stands for
	Classes int
	Weights []int8 // by feature, then class
}

// ReadModels reads what WriteModels wrote.
func ReadModels(file []byte) ([]Model, error) {
	z, err := gzip.NewReader(bytes.NewReader(file))
	if err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	raw, err := io.ReadAll(z)
	if err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	var out []Model
	for len(raw) > 0 {
		if len(raw) < 8 {
			return nil, fmt.Errorf("model: cut short")
		}
		m := Model{Scale: math.Float32frombits(binary.LittleEndian.Uint32(raw)), Classes: int(binary.LittleEndian.Uint32(raw[4:]))}
		raw = raw[8:]
		n := m.Classes * FeatureCount
		if m.Classes < 2 || m.Classes > 64 || len(raw) < n {
			return nil, fmt.Errorf("model: cut short")
		}
		m.Weights = make([]int8, n)
		for i := range m.Weights {
			m.Weights[i] = int8(raw[i])
		}
		raw = raw[n:]
		out = append(out, m)
	}
	return out, nil
}

// WriteModels packs models into a file.
func WriteModels(w io.Writer, models []Model) error {
	z := gzip.NewWriter(w)
	for _, m := range models {
		var head [8]byte
		binary.LittleEndian.PutUint32(head[:], math.Float32bits(m.Scale))
		binary.LittleEndian.PutUint32(head[4:], uint32(m.Classes))
		if _, err := z.Write(head[:]); err != nil {
			return err
		}
		raw := make([]byte, len(m.Weights))
		for i, v := range m.Weights {
			raw[i] = byte(v)
		}
		if _, err := z.Write(raw); err != nil {
			return err
		}
	}
	return z.Close()
}

// maxClasses bounds a model's scores on the stack.
const maxClasses = 16

// score gives each class's probability.
func (m *Model) score(features []uint16) (p [maxClasses]float32) {
	var sum [maxClasses]int32
	for _, f := range features {
		row := m.Weights[int(f)*m.Classes:][:m.Classes]
		for c, w := range row {
			sum[c] += int32(w)
		}
	}
	top := sum[0]
	for _, s := range sum[:m.Classes] {
		top = max(top, s)
	}
	var total float32
	for c := range m.Classes {
		p[c] = float32(math.Exp(float64(m.Scale * float32(sum[c]-top))))
		total += p[c]
	}
	for c := range m.Classes {
		p[c] /= total
	}
	return p
}

// Features gives the hashed features of a text, as the models see it: its words, near misses mended, numbers and money by
// kind; pairs of neighbours, pairs with one word between, and the heads of long words. For the program in train.
func (r *Reader) Features(in Input) []uint16 {
	t := r.pool.Get().(*text)
	defer r.pool.Put(t)
	t.in = in
	t.tokenize()
	t.features()
	return append([]uint16(nil), t.feats...)
}

const (
	hashSeed  = 2166136261
	hashPrime = 16777619
)

func hashBytes[B string | []byte](h uint32, b B) uint32 {
	for i := 0; i < len(b); i++ {
		h = (h ^ uint32(b[i])) * hashPrime
	}
	return h
}

func pair(a, b, kind uint32) uint32 {
	h := uint32(hashSeed) ^ kind
	for range 4 {
		h = (h ^ a&0xff) * hashPrime
		a >>= 8
	}
	for range 4 {
		h = (h ^ b&0xff) * hashPrime
		b >>= 8
	}
	return h
}

func (t *text) feature(h uint32) {
	h ^= h >> 15
	h *= 0x2c1b3c6d
	h ^= h >> 13
	t.feats = append(t.feats, uint16(h&(FeatureCount-1)))
}

// headLength is how much of a long word stands for its stem.
const headLength = 5

func (t *text) features() {
	t.feats = t.feats[:0]
	const edge = 0x51ed270b
	t.feature(hashBytes(hashSeed, "bias"))
	t.feature(hashBytes(hashSeed, t.in.Role))
	before, last := uint32(0), uint32(edge)
	for i := range t.toks {
		k := &t.toks[i]
		if i > 0 && k.brk == sentenceBreak {
			t.feature(pair(last, edge, 2))
			before, last = 0, edge
		}
		h := t.wordHash(k)
		t.feature(pair(h, 0, 1))
		t.feature(pair(last, h, 2))
		if before != 0 {
			t.feature(pair(before, h, 3))
		}
		before, last = last, h
	}
	t.feature(pair(last, edge, 2))
	// Once is enough: a word said over and over weighs no more.
	slices.Sort(t.feats)
	t.feats = slices.Compact(t.feats)
}

// wordHash hashes the word a token stands for, and notes the head of a long one.
func (t *text) wordHash(k *token) uint32 {
	switch {
	case k.kind != noWord && k.kind != idName:
		return hashBytes(hashSeed, t.g.v.text[k.kind])
	case k.id != noWord:
		w := t.g.v.text[k.id]
		if len(w) > headLength {
			t.feature(pair(hashBytes(hashSeed, w[:headLength]), 0, 4))
		}
		return hashBytes(hashSeed, w)
	}
	h := uint32(hashSeed)
	n := 0
	for _, r := range t.in.Text[k.start:k.end] {
		f := foldRune(r)
		if f == 0 {
			continue
		}
		h = (h ^ uint32(f)) * hashPrime
		if n++; n == headLength {
			t.feature(pair(h, 0, 4))
		}
	}
	return h
}
