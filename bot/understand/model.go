package understand

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/binary"
	"fmt"
	"io"
	"math"
)

// ModelBits is how many bits of a feature's hash a model keeps. FeatureCount is how many features that leaves.
const (
	ModelBits    = 16
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
