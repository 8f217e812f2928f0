package understand

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/gob"
	"fmt"
	"io"
	"math"
)

// ModelBits is how many bits of a feature's hash are kept. FeatureCount is how many features that can tell apart.
const (
	ModelBits    = 19
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

// Models are what the program in train makes: the features that it knows, and a model of risk and one of intent over them.
type Models struct {
	Features []uint32 // hashes, ascending: each one's place here is its row's in the models
	Risk     Model
	Intent   Model
}

// Model is a committee of small networks over the same features: what they say is averaged. Each adds up, over the features
// that a text has, a weight for every class and the inputs of its hidden units, and weighs the classes by both.
type Model struct {
	Classes int
	Hidden  int // units of each network
	Nets    []Net
	Rows    []byte // of int8, a row a feature: for each network its classes' weights, then its hidden units'
}

// Net is one network, its rows aside.
type Net struct {
	Linear float32   // what a class's weight of 1 stands for
	Units  float32   // what a hidden unit's weight of 1 stands for
	Bias   []float32 // by hidden unit
	Out    []float32 // by hidden unit, then class
}

// Bounds of a committee, so that its sums stand on the stack.
const (
	maxClasses = 16
	maxWidth   = 128
)

// width is how many weights a row has.
func (m *Model) width() int { return len(m.Nets) * (m.Classes + m.Hidden) }

func (m *Model) check(classes, features int) error {
	if m.Classes != classes || m.width() > maxWidth || len(m.Rows) != features*m.width() {
		return fmt.Errorf("model: %d classes and %d weights for %d features", m.Classes, len(m.Rows), features)
	}
	for _, n := range m.Nets {
		if len(n.Bias) != m.Hidden || len(n.Out) != m.Hidden*m.Classes {
			return fmt.Errorf("model: a network of %d units with %d weights", len(n.Bias), len(n.Out))
		}
	}
	return nil
}

// maxFeatures is how many features may be known: a place is kept in 16 bits, 0 for none.
const maxFeatures = 1<<16 - 1

// ReadModels reads what WriteModels wrote.
func ReadModels(file []byte) (*Models, error) {
	z, err := gzip.NewReader(bytes.NewReader(file))
	if err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	var m Models
	if err := gob.NewDecoder(z).Decode(&m); err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	if len(m.Features) > maxFeatures {
		return nil, fmt.Errorf("model: %d features are more than %d", len(m.Features), maxFeatures)
	}
	for _, f := range m.Features {
		if f >= FeatureCount {
			return nil, fmt.Errorf("model: a feature of more than %d bits", ModelBits)
		}
	}
	if err := m.Risk.check(len(riskClasses), len(m.Features)); err != nil {
		return nil, err
	}
	return &m, m.Intent.check(len(intentClasses), len(m.Features))
}

// WriteModels packs models into a file.
func WriteModels(w io.Writer, m *Models) error {
	z, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	if err := gob.NewEncoder(z).Encode(m); err != nil {
		return err
	}
	return z.Close()
}

// places is each feature's place among those known, from 1; 0 where it is not.
func (m *Models) places() []uint16 {
	out := make([]uint16, FeatureCount)
	for i, f := range m.Features {
		out[f] = uint16(i + 1)
	}
	return out
}

// score gives each class's probability for a text of these features.
func (m *Model) score(features []uint32, places []uint16) (p [maxClasses]float32) {
	var sums [maxWidth]int32
	width := m.width()
	for _, f := range features {
		place := int(places[f])
		if place == 0 {
			continue
		}
		for i, w := range m.Rows[(place-1)*width:][:width] {
			sums[i] += int32(int8(w))
		}
	}
	rest := sums[:width]
	for i := range m.Nets {
		q := m.Nets[i].score(rest[:m.Classes], rest[m.Classes:][:m.Hidden])
		rest = rest[m.Classes+m.Hidden:]
		for c := range m.Classes {
			p[c] += q[c] / float32(len(m.Nets))
		}
	}
	return p
}

// score gives each class's probability, by the sums of its weights and those of the hidden units.
func (n *Net) score(classes, units []int32) (p [maxClasses]float32) {
	for c, s := range classes {
		p[c] = n.Linear * float32(s)
	}
	for u, s := range units {
		x := n.Units*float32(s) + n.Bias[u]
		if x <= 0 {
			continue
		}
		for c, w := range n.Out[u*len(classes):][:len(classes)] {
			p[c] += w * x
		}
	}
	top := p[0]
	for _, x := range p[:len(classes)] {
		top = max(top, x)
	}
	var total float32
	for c, x := range p[:len(classes)] {
		p[c] = float32(math.Exp(float64(x - top)))
		total += p[c]
	}
	for c := range classes {
		p[c] /= total
	}
	return p
}
