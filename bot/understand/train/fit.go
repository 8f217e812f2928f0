package main

import (
	"math"

	"amends/bot/understand"
)

// How a committee is fitted: each network by itself, over all texts in a shuffled order an epoch, by AdaGrad and drawn towards
// zero; some of a text's features and of the hidden units are left out by lot, so that none is relied on alone. What a network
// was at the end of the last epochs is averaged. All were chosen by what was measured on writers who were left out.
const (
	committee   = 2
	hidden      = 16
	epochs      = 6
	averaged    = 4
	blindWords  = 0.1
	blindUnits  = 0.3
	firstSquare = 0.01 // of a hidden unit's weight, so that its first steps are small
)

// weights are some of a network's, and how they are moved.
type weights struct {
	w, squares, sum   []float64
	rate, decay, calm float64
}

func newWeights(n int, rate, decay, calm float64) *weights {
	return &weights{make([]float64, n), make([]float64, n), make([]float64, n), rate, decay, calm}
}

// step moves one weight against its gradient.
func (w *weights) step(i int, grad float64) {
	grad += w.decay * w.w[i]
	w.squares[i] += grad * grad
	w.w[i] -= w.rate * grad / (w.calm + math.Sqrt(w.squares[i]))
}

// keep adds what the weights are to what is averaged.
func (w *weights) keep() {
	for i, x := range w.w {
		w.sum[i] += x
	}
}

// mean makes the weights what was kept, on average.
func (w *weights) mean() {
	for i, x := range w.sum {
		w.w[i] = x / averaged
	}
}

// network is one of a committee: a weight a feature and class, and a layer of hidden units beside.
type network struct {
	classes                  int
	linear, units, bias, out *weights
	lots                     lots
}

func newNetwork(classes, features int, seed lots) *network {
	n := &network{
		classes: classes,
		linear:  newWeights(features*classes, 0.06, 1e-3, 1e-6),
		units:   newWeights(features*hidden, 0.05, 1e-4, 1e-6),
		bias:    newWeights(hidden, 0.05, 0, 1e-3),
		out:     newWeights(hidden*classes, 0.05, 1e-5, 1e-3),
		lots:    seed,
	}
	for i := range n.units.w {
		n.units.w[i] = 0.1 * n.lots.spread()
		n.units.squares[i] = firstSquare
	}
	for i := range n.out.w {
		n.out.w[i] = 0.3 * n.lots.spread()
	}
	return n
}

// lots is a fixed sequence of numbers that look drawn.
type lots uint64

func (l *lots) draw() uint64 {
	*l = *l*6364136223846793005 + 1442695040888963407
	return uint64(*l >> 33)
}

// chance is true in the given share of draws.
func (l *lots) chance(share float64) bool { return float64(l.draw()%1000) < share*1000 }

// spread is between -1 and 1.
func (l *lots) spread() float64 { return float64(l.draw()%100_000)/50_000 - 1 }

// fit makes a committee of all examples. Number is each feature's among those that are learnt, from 1; features is how many
// those are.
func fit(all []example, classes int, number []int32, features int) understand.Model {
	m := understand.Model{Classes: classes, Hidden: hidden, Rows: make([]byte, features*committee*(classes+hidden))}
	for k := range committee {
		n := newNetwork(classes, features, lots(7+13*k))
		n.learn(all, number)
		m.Nets = append(m.Nets, n.pack(m.Rows, k*(classes+hidden), committee*(classes+hidden)))
	}
	return m
}

func (n *network) learn(all []example, number []int32) {
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	var seen []int
	parts := []*weights{n.linear, n.units, n.bias, n.out}
	for epoch := range epochs {
		for i := len(order) - 1; i > 0; i-- {
			j := int(n.lots.draw() % uint64(i+1))
			order[i], order[j] = order[j], order[i]
		}
		for _, i := range order {
			e := &all[i]
			seen = seen[:0]
			for _, f := range e.words {
				if k := number[f]; k > 0 && !n.lots.chance(blindWords) {
					seen = append(seen, int(k-1))
				}
			}
			if !n.lots.chance(e.blind) {
				for _, f := range e.rules {
					if k := number[f]; k > 0 {
						seen = append(seen, int(k-1))
					}
				}
			}
			n.step(seen, e.class, e.weight)
		}
		if epoch >= epochs-averaged {
			for _, w := range parts {
				w.keep()
			}
		}
	}
	for _, w := range parts {
		w.mean()
	}
}

// step moves the network towards the class for a text of these features.
func (n *network) step(features []int, class int, weight float64) {
	var p [intentClasses]float64
	var in, factor, back [hidden]float64
	copy(in[:], n.bias.w)
	for _, f := range features {
		for c, w := range n.linear.w[f*n.classes:][:n.classes] {
			p[c] += w
		}
		for u, w := range n.units.w[f*hidden:][:hidden] {
			in[u] += w
		}
	}
	for u, x := range in {
		if n.lots.chance(blindUnits) || x <= 0 {
			continue
		}
		factor[u] = 1 / (1 - blindUnits)
		for c, w := range n.out.w[u*n.classes:][:n.classes] {
			p[c] += w * x * factor[u]
		}
	}
	wrong := p[:n.classes]
	softmax(wrong)
	wrong[class]--
	for c := range wrong {
		wrong[c] *= weight
	}
	for u, by := range factor {
		if by == 0 {
			continue
		}
		for c, d := range wrong {
			k := u*n.classes + c
			back[u] += d * n.out.w[k] * by
			n.out.step(k, d*in[u]*by)
		}
		n.bias.step(u, back[u])
	}
	for _, f := range features {
		for c, d := range wrong {
			n.linear.step(f*n.classes+c, d)
		}
		for u, d := range back {
			if factor[u] != 0 {
				n.units.step(f*hidden+u, d)
			}
		}
	}
}

// softmax makes weights probabilities.
func softmax(p []float64) {
	top := p[0]
	for _, x := range p {
		top = max(top, x)
	}
	sum := 0.0
	for c, x := range p {
		p[c] = math.Exp(x - top)
		sum += p[c]
	}
	for c := range p {
		p[c] /= sum
	}
}

// pack writes the network's rows, in eight bits, into those of its committee: from column at on, of width.
func (n *network) pack(rows []byte, at, width int) understand.Net {
	net := understand.Net{Bias: narrow(n.bias.w), Out: narrow(n.out.w)}
	net.Linear = quantize(n.linear.w, n.classes, rows, at, width)
	net.Units = quantize(n.units.w, hidden, rows, at+n.classes, width)
	return net
}

// quantize writes each row of n weights from column at on, and gives what 1 stands for.
func quantize(w []float64, n int, rows []byte, at, width int) float32 {
	top := 0.0
	for _, x := range w {
		top = max(top, math.Abs(x))
	}
	for i, x := range w {
		rows[i/n*width+at+i%n] = byte(int8(math.Round(x / top * math.MaxInt8)))
	}
	return float32(top / math.MaxInt8)
}

func narrow(w []float64) []float32 {
	out := make([]float32, len(w))
	for i, x := range w {
		out[i] = float32(x)
	}
	return out
}
