package flows

import (
	"cmp"
	"slices"
)

// layout places boxes in layers from top to bottom: each below all that lead
// to it, those of a layer in the order that crosses the fewest lines. A line
// over several layers passes through a place of its own in each, so that it
// does not run through a box.
type layout struct {
	nodes []*node
	lines []*line
}

// node is a box, or a place where a line passes (width passWidth, no content).
type node struct {
	w, h   float64
	x, y   float64 // of its middle, and of its top
	bottom float64 // of its layer
	layer  int
	order  float64
	up     []*node
	down   []*node
	passes bool
	box    box
}

// line is one arrow.
type line struct {
	from, to *node
	label    string
	dashed   bool
	back     bool // it leads up again
	via      []*node
	leaves   float64 // where on its box it begins
}

const (
	passWidth = 14.0
	gapX      = 36.0
	gapY      = 84.0
	sweeps    = 12 // more changes nothing in any of our flows
)

// place gives every box its middle and top, and returns the size of it all.
func (l *layout) place() (width, height float64) {
	l.findBack()
	l.findLayers()
	layers := l.split()
	l.sort(layers)
	return l.spread(layers)
}

// findBack marks the lines that lead up again: a depth-first walk from the
// nodes in their order.
func (l *layout) findBack() {
	const open, closed = 1, 2
	mark := map[*node]int{}
	var visit func(n *node)
	visit = func(n *node) {
		mark[n] = open
		for _, e := range l.lines {
			if e.from != n {
				continue
			}
			switch mark[e.to] {
			case open:
				e.back = true
			case 0:
				visit(e.to)
			}
		}
		mark[n] = closed
	}
	for _, n := range l.nodes {
		if mark[n] == 0 {
			visit(n)
		}
	}
}

// findLayers puts each node one layer below the lowest that leads to it.
func (l *layout) findLayers() {
	for changed := true; changed; {
		changed = false
		for _, e := range l.lines {
			if !e.back && e.to.layer <= e.from.layer {
				e.to.layer, changed = e.from.layer+1, true
			}
		}
	}
}

// split makes a place in every layer that a line passes.
func (l *layout) split() [][]*node {
	for _, e := range l.lines {
		if e.back {
			continue
		}
		above := e.from
		for layer := e.from.layer + 1; layer < e.to.layer; layer++ {
			pass := &node{w: passWidth, layer: layer, passes: true}
			l.nodes = append(l.nodes, pass)
			e.via = append(e.via, pass)
			above.down, pass.up = append(above.down, pass), append(pass.up, above)
			above = pass
		}
		above.down, e.to.up = append(above.down, e.to), append(e.to.up, above)
	}
	var layers [][]*node
	for _, n := range l.nodes {
		for len(layers) <= n.layer {
			layers = append(layers, nil)
		}
		layers[n.layer] = append(layers[n.layer], n)
	}
	for _, layer := range layers {
		for i, n := range layer {
			n.order = float64(i)
		}
	}
	return layers
}

// sort orders each layer by the middle of what its nodes hang on, downwards
// and upwards in turn.
func (l *layout) sort(layers [][]*node) {
	for sweep := range sweeps {
		for i := range layers {
			layer, beside := layers[i], func(n *node) []*node { return n.up }
			if sweep%2 == 1 {
				layer, beside = layers[len(layers)-1-i], func(n *node) []*node { return n.down }
			}
			middle := map[*node]float64{}
			for _, n := range layer {
				middle[n] = n.order
				if near := beside(n); len(near) > 0 {
					sum := 0.0
					for _, o := range near {
						sum += o.order
					}
					middle[n] = sum / float64(len(near))
				}
			}
			slices.SortStableFunc(layer, func(a, b *node) int { return cmp.Compare(middle[a], middle[b]) })
			for i, n := range layer {
				n.order = float64(i) - float64(len(layer)-1)/2
			}
		}
	}
}

// spread gives coordinates: each node as near to the middle of its neighbours
// as the order lets it.
func (l *layout) spread(layers [][]*node) (width, height float64) {
	for _, layer := range layers {
		x := 0.0
		for _, n := range layer {
			n.x = x + n.w/2
			x += n.w + gapX
		}
		for _, n := range layer {
			n.x -= (x - gapX) / 2
		}
	}
	for sweep := range sweeps {
		for i := range layers {
			layer := layers[i]
			if sweep%2 == 1 {
				layer = layers[len(layers)-1-i]
			}
			want := make([]float64, len(layer))
			for i, n := range layer {
				want[i] = n.x
				near := n.up
				if sweep%2 == 1 {
					near = n.down
				}
				if len(near) > 0 {
					sum := 0.0
					for _, o := range near {
						sum += o.x
					}
					want[i] = sum / float64(len(near))
				}
			}
			settle(layer, want)
		}
	}
	left, right := 0.0, 0.0
	for _, n := range l.nodes {
		left, right = min(left, n.x-n.w/2), max(right, n.x+n.w/2)
	}
	y := 0.0
	for _, layer := range layers {
		tall := 0.0
		for _, n := range layer {
			tall = max(tall, n.h)
		}
		for _, n := range layer {
			n.x -= left
			n.y, n.bottom = y, y+tall
			if n.passes {
				n.h = tall
			}
		}
		y += tall + gapY
	}
	l.ports()
	return right - left, y - gapY
}

// ports spreads the lines that leave a box over its lower side, in the order
// in which they part.
func (l *layout) ports() {
	leaving := map[*node][]*line{}
	for _, e := range l.lines {
		if !e.back {
			leaving[e.from] = append(leaving[e.from], e)
		}
	}
	for n, all := range leaving {
		slices.SortStableFunc(all, func(a, b *line) int { return cmp.Compare(a.next().x, b.next().x) })
		for i, e := range all {
			e.leaves = n.x - n.w/2 + n.w*float64(i+1)/float64(len(all)+1)
		}
	}
}

// next is what a line comes to first.
func (e *line) next() *node {
	if len(e.via) > 0 {
		return e.via[0]
	}
	return e.to
}

// settle moves a layer's nodes to where they want to be, keeping order and
// gaps: the mean of a push from the left and one from the right.
func settle(layer []*node, want []float64) {
	fromLeft, fromRight := slices.Clone(want), slices.Clone(want)
	apart := func(i int) float64 { return layer[i].w/2 + gapX + layer[i+1].w/2 }
	for i := 1; i < len(layer); i++ {
		fromLeft[i] = max(fromLeft[i], fromLeft[i-1]+apart(i-1))
	}
	for i := len(layer) - 2; i >= 0; i-- {
		fromRight[i] = min(fromRight[i], fromRight[i+1]-apart(i))
	}
	for i, n := range layer {
		n.x = (fromLeft[i] + fromRight[i]) / 2
	}
}
