package flows

import (
	"fmt"
	"slices"
	"strings"
)

const (
	titleTall = 74.0
	labelTall = 16.0
)

// Colours carry no meaning that words do not carry too; text on them has a
// contrast of 7:1 at least.
const style = `
text{font:13px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;fill:#1d2733}
.t{font-size:20px;font-weight:600}.p{font-size:14px;fill:#3d4a57}.h{font-size:11px;font-weight:600;fill:#44525f;letter-spacing:.03em}
.l{font-size:12px;fill:#23313d;paint-order:stroke;stroke:#fff;stroke-width:5px;stroke-linejoin:round}
rect{stroke:#5b6b7a;stroke-width:1.2;fill:#fff}.ask{fill:#e8f1fb;stroke:#3b6ea5}.do{fill:#f1f3f5;stroke-dasharray:5 3}
.say{fill:#eef7ee;stroke:#4c8055}.end{fill:#eef7ee;stroke:#2f5d38;stroke-width:2.4}.start{fill:#1d2733;stroke:none}.start+text{fill:#fff}
path{fill:none;stroke:#5b6b7a;stroke-width:1.4}.skip{stroke-dasharray:4 4}`

// svg lays the drawing out and writes it.
func (d *drawing) svg() string {
	width, height := d.layout.place()
	backs := 0.0
	for _, l := range d.layout.lines {
		if l.back {
			backs++
		}
	}
	f := d.flow
	foot := f.ways()
	w := max(width+2*margin+backs*40, 640)
	h := titleTall + height + 2*margin + float64(len(foot))*22
	shift := (w - width - backs*40) / 2
	for _, n := range d.layout.nodes {
		n.x += shift
		n.y += titleTall
		n.bottom += titleTall
	}
	for _, l := range d.layout.lines {
		l.leaves += shift
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" width="%.0f" height="%.0f" role="img" aria-labelledby="title desc">`+"\n", w, h, w, h)
	fmt.Fprintf(&b, "<title id=\"title\">%s</title>\n<desc id=\"desc\">%s</desc>\n<style>%s</style>\n", esc(f.Name), esc(d.desc()), style)
	b.WriteString(`<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z" style="fill:#5b6b7a;stroke:none"/></marker></defs>` + "\n")
	fmt.Fprintf(&b, `<rect width="%.0f" height="%.0f" style="fill:#fff;stroke:none"/>`+"\n", w, h)
	fmt.Fprintf(&b, `<text class="t" x="%.0f" y="32">%s</text><text class="p" x="%.0f" y="54">%s</text>`+"\n", margin, esc(f.Name), margin, esc(f.Purpose))
	back := 0.0
	for _, l := range d.layout.lines {
		if l.back {
			back++
			backLine(&b, l, shift+width+back*30)
			continue
		}
		forwardLine(&b, l)
	}
	for _, n := range d.layout.nodes {
		if !n.passes {
			n.write(&b)
		}
	}
	d.labels(&b)
	for i, text := range foot {
		fmt.Fprintf(&b, `<text class="p" x="%.0f" y="%.0f">%s</text>`+"\n", margin, titleTall+height+margin+14+float64(i)*22, esc(text))
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// desc tells the drawing in sentences, for a reader who does not see it.
func (d *drawing) desc() string {
	said := []string{d.flow.Purpose}
	name := map[*node]string{}
	for i, n := range d.at {
		name[n] = "step " + d.flow.Steps[i].ID
	}
	for i, s := range d.flow.Steps {
		n := d.at[i]
		if n == nil {
			continue
		}
		said = append(said, fmt.Sprintf("Step %s. %s.", s.ID, strings.TrimRight(n.box.spoken(), ".")))
		for _, l := range d.layout.lines {
			if l.from != n {
				continue
			}
			to := name[l.to]
			if to == "" {
				to = l.to.box.spoken()
			}
			if l.label != "" {
				to = l.label + ": " + to
			}
			said = append(said, strings.TrimSuffix(to, ".")+".")
		}
	}
	return strings.Join(append(said, d.flow.ways()...), " ")
}

func (b box) spoken() string {
	text := strings.Join(b.lines, " ")
	if b.head != "" {
		text = b.head + ": " + text
	}
	return text
}

func (n *node) write(b *strings.Builder) {
	round := 4.0
	if n.box.kind == "end" || n.box.kind == "start" {
		round = 15
	}
	left := n.x - n.w/2
	fmt.Fprintf(b, `<rect class="%s" x="%.1f" y="%.1f" width="%.0f" height="%.0f" rx="%.0f"/>`, n.box.kind, left, n.y, n.w, n.h, round)
	if n.box.kind == "start" {
		fmt.Fprintf(b, `<text x="%.1f" y="%.1f" text-anchor="middle">%s</text>`+"\n", n.x, n.y+20, esc(n.box.head))
		return
	}
	y := n.y + boxMargin + 12
	if n.box.head != "" {
		fmt.Fprintf(b, `<text class="h" x="%.1f" y="%.1f">%s</text>`, left+boxMargin, y-1, esc(n.box.head))
		y += lineTall
	}
	for _, text := range n.box.lines {
		fmt.Fprintf(b, `<text x="%.1f" y="%.1f">%s</text>`, left+boxMargin, y, esc(text))
		y += lineTall
	}
	b.WriteByte('\n')
}

// forwardLine runs down from box to box through the places kept for it. It
// bends only between layers, where no box stands.
func forwardLine(b *strings.Builder, l *line) {
	x, y := l.leaves, l.from.bottom
	fmt.Fprintf(b, `<path class="%s" marker-end="url(#tip)" d="M%.1f %.1f V%.1f`, l.class(), x, l.from.y+l.from.h, y)
	for _, n := range append(slices.Clone(l.via), l.to) {
		bend := (n.y - y) / 2
		fmt.Fprintf(b, ` C%.1f %.1f %.1f %.1f %.1f %.1f`, x, y+bend, n.x, n.y-bend, n.x, n.y)
		x, y = n.x, n.y
		if n.passes {
			y = n.y + n.h
			fmt.Fprintf(b, ` V%.1f`, y)
		}
	}
	b.WriteString(`"/>` + "\n")
}

// backLine runs up again at the right of everything, and between layers to
// there and from there.
func backLine(b *strings.Builder, l *line, x float64) {
	from, to := l.from.x+l.from.w/4, l.to.x+l.to.w/4
	fmt.Fprintf(b, `<path class="%s" marker-end="url(#tip)" d="M%.1f %.1f V%.1f H%.1f V%.1f H%.1f V%.1f"/>`+"\n",
		l.class(), from, l.from.y+l.from.h, l.from.bottom+gapY*0.55, x, l.to.y-gapY/4, to, l.to.y)
}

// labels writes what each line stands for near its beginning; where two would
// meet, the second goes lower.
func (d *drawing) labels(b *strings.Builder) {
	type area struct{ left, top, right, bottom float64 }
	var taken []area
	for _, l := range d.layout.lines {
		if l.label == "" {
			continue
		}
		rows := wrapAt(l.label, labelRunes)
		wide := 0
		for _, row := range rows {
			wide = max(wide, len([]rune(row)))
		}
		half, tall := float64(wide)*3.3, float64(len(rows))*labelTall
		x, y := l.leaves+(l.next().x-l.leaves)*0.15, l.from.bottom+20
		if l.back {
			x, y = l.from.x+l.from.w/4+half+8, l.from.bottom+14
		}
		at := area{x - half, y - 12, x + half, y - 12 + tall}
		for moved := true; moved; {
			moved = false
			for _, o := range taken {
				if at.left < o.right && o.left < at.right && at.top < o.bottom && o.top < at.bottom {
					down := o.bottom - at.top + 1
					at.top, at.bottom, moved = at.top+down, at.bottom+down, true
				}
			}
		}
		taken = append(taken, at)
		for i, row := range rows {
			fmt.Fprintf(b, `<text class="l" x="%.1f" y="%.1f" text-anchor="middle">%s</text>`, x, at.top+12+float64(i)*labelTall, esc(row))
		}
		b.WriteByte('\n')
	}
}

func (l *line) class() string {
	if l.dashed {
		return "skip"
	}
	return "way"
}
