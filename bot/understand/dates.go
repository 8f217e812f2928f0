package understand

import (
	"strings"
	"time"
)

// date finds the date a text speaks of, nil if none. Where several stand, the longest finding at a place counts. One that
// was due or ruled out, or whose clause looks the other way, is taken only if there is no other; of the rest the first.
func (t *text) date(back bool) *Date {
	best, _ := t.rankedDate(back)
	return best
}

// until is the date that more time is asked for: none that was missed, is past or ruled out ("I can't on friday").
func (t *text) until() *Date {
	best, rank := t.rankedDate(false)
	if best == nil || rank >= rankRuledOut || best.before(t.today) {
		return nil
	}
	return best
}

const (
	rankElsewhere = 1 + iota // its clause looks the other way
	rankRuledOut
	rankDue
	rankNone
)

// spokenDate is the date of an answer, and its first token: each clause's verb says which way it looks, back where none does.
func (t *text) spokenDate(back bool) (*Date, int32) {
	best, _, words := t.bestDate(func(l label, f finding) (Date, int, bool) {
		way := back
		past, future := t.clausePast(f), t.clauseHas(f.start, isFuture)
		if past != future {
			way = past
		}
		d, ok := t.dateOf(l, f, way)
		switch {
		case t.spanned(lDue, f.start):
			return d, rankDue, ok
		case !way && l != lDateMore && (t.ruledOut(f.start) || t.deniedAfter(f.end)):
			return d, rankRuledOut, ok
		}
		return d, 0, ok
	})
	if best == nil {
		return nil, 0
	}
	at := words.start
	best, words = t.closer(best, words, back)
	t.note("date", t.span(words.start, words.end))
	return best, at
}

// bestDate is the date among the findings that read ranks lowest, of equals the first, or the one that mends what stood
// before it; with its rank and its words.
func (t *text) bestDate(read func(label, finding) (d Date, rank int, ok bool)) (best *Date, bestRank int, words finding) {
	bestRank = rankNone
	for n, f := range t.found {
		l := t.g.rules[f.rule].label
		if !l.isDate() || t.shadowed(n) {
			continue
		}
		d, rank, ok := read(l, f)
		if !ok {
			continue
		}
		sooner := f.start < words.start && !t.mends(words.start) || f.start > words.start && t.mends(f.start)
		if best == nil || rank < bestRank || rank == bestRank && sooner {
			best, bestRank, words = &d, rank, f
		}
	}
	return best, bestRank, words
}

// closer is the day of the month that stands right behind a weekday: "Saturday sept 12".
func (t *text) closer(d *Date, words finding, back bool) (*Date, finding) {
	if t.g.rules[words.rule].label != lDateWeekday {
		return d, words
	}
	for n, f := range t.found {
		switch l := t.g.rules[f.rule].label; l {
		case lDateMonthDay, lDateDay, lDateNumeric:
			if f.start != words.end || t.shadowed(n) || t.toks[f.start].brk > clauseBreak {
				continue
			}
			if e, ok := t.dateOf(l, f, back); ok {
				return &e, f
			}
		}
	}
	return d, words
}

// past says whether the token is a verb of the past. "Pago" may be "pagó" with its accent left out, which an offender who is
// asked for a date does not say.
func (t *text) past(i int) bool {
	k := &t.toks[i]
	roles := t.g.v.lex[k.id].roles
	if roles&isPast == 0 || roles&isMaybePast == 0 {
		return roles&isPast != 0
	}
	return strings.HasSuffix(t.in.Text[k.start:k.end], "ó") || t.in.Role == Victim && t.in.Expect.Kind != OnDate
}

// clausePast says whether a verb of the past stands in the finding's clause, the finding's own words aside: "when I get paid"
// is none.
func (t *text) clausePast(f finding) bool {
	for k, end := t.around(f.start, f.end, clauseBreak); k < end; k++ {
		if k >= int(f.start) && k < int(f.end) || !t.past(k) || t.toks[k].unreal {
			continue
		}
		if k > 0 && t.g.v.lex[t.toks[k-1].id].roles&isPassive != 0 {
			continue
		}
		return true
	}
	return false
}

// around is the clause or the sentence, by what parts it from the next, that the tokens from start up to end stand in.
func (t *text) around(start, end int32, parting uint8) (from, to int) {
	from, to = int(start), int(end)
	for from > 0 && t.toks[from].brk < parting {
		from--
	}
	for to < len(t.toks) && t.toks[to].brk < parting {
		to++
	}
	return from, to
}

// upTo says whether "until" stands right before the token: right before, an article aside.
func (t *text) upTo(i int32) bool {
	for k := max(0, i-2); k <= i && int(k) < len(t.toks); k++ {
		if t.g.v.lex[t.toks[k].id].roles&isUntil != 0 {
			return true
		}
	}
	return false
}

// deniedAfter says whether the token right behind a date denies it: "el lunes no, el martes sí".
func (t *text) deniedAfter(end int32) bool {
	n := int(end)
	if n >= len(t.toks) || t.toks[n].brk > noBreak || !t.toks[n].negator {
		return false
	}
	return n+1 == len(t.toks) || t.toks[n+1].brk > noBreak || t.g.v.lex[t.toks[n+1].id].roles&isNoTrouble == 0
}

func (t *text) rankedDate(back bool) (*Date, int) {
	best, bestRank, words := t.bestDate(func(l label, f finding) (d Date, rank int, ok bool) {
		if d, ok = t.dateOf(l, f, back); !ok {
			return d, 0, false
		}
		switch {
		case t.spanned(lDue, f.start):
			rank = rankDue
		case !back && l != lDateMore && (t.ruledOut(f.start) || t.deniedAfter(f.end)):
			rank = rankRuledOut // "can't do thursday, can we do monday"
		case !back && d.before(t.today):
			rank = rankElsewhere
		case back && t.clauseHas(f.start, isFuture) && !t.clausePast(f):
			rank = rankElsewhere
			ok = !t.today.before(d) // what is still to come tells nothing of what was
		case !back && t.clausePast(f) && !t.clauseHas(f.start, isFuture):
			rank = rankElsewhere
		}
		if rank > 0 && !back && t.upTo(f.start) && !d.before(t.today) {
			rank = 0 // "hasta el 20 no voy a poder"
		}
		return d, rank, ok
	})
	if best != nil {
		t.note("date", t.span(words.start, words.end))
	}
	return best, bestRank
}

// ruledOut says whether a negator stands before the token in its clause, with nothing between that ends its reach.
func (t *text) ruledOut(i int32) bool {
	for k := i; k >= 0; k-- {
		if t.toks[k].negator {
			return true
		}
		if t.toks[k].brk >= clauseBreak || t.g.v.lex[t.toks[k].id].roles&isScopeEnd != 0 {
			return false
		}
	}
	return false
}

// clauseHas says whether a word of the role stands in the token's clause.
func (t *text) clauseHas(i int32, role roleSet) bool {
	for k, end := t.around(i, i+1, clauseBreak); k < end; k++ {
		if t.g.v.lex[t.toks[k].id].roles&role != 0 {
			return true
		}
	}
	return false
}

// shadowed says whether a longer finding of a date covers this one.
func (t *text) shadowed(n int) bool {
	f := t.found[n]
	for m, o := range t.found {
		if m == n || !t.g.rules[o.rule].label.isDate() || o.start > f.start || o.end < f.end {
			continue
		}
		if o.end-o.start == f.end-f.start && m > n {
			continue
		}
		l := t.g.rules[o.rule].label
		if _, ok := t.dateOf(l, o, false); ok {
			return true
		}
	}
	return false
}

// dateParts are the values of a finding's tokens.
type dateParts struct {
	num     int64 // hundredths
	ord     int
	weekday int // 1 Sunday
	month   int
	unit    unit
	numeric *token
}

func (t *text) parts(f finding) (p dateParts) {
	p.num = -1
	for i := f.start; i < f.end; i++ {
		k := &t.toks[i]
		lex := &t.g.v.lex[k.id]
		switch k.kind {
		case idNumber:
			if p.num < 0 || p.num > 3100 {
				p.num = k.num
			}
		case idOrdinal:
			p.ord = int(k.num)
		case idNumeric:
			p.numeric = k
		default:
			if lex.ordinal != 0 && p.ord == 0 {
				p.ord = int(lex.ordinal)
			}
		}
		if lex.weekday != 0 {
			p.weekday = int(lex.weekday)
		}
		if lex.month != 0 {
			p.month = int(lex.month)
		}
		if lex.unit != noUnit {
			p.unit = lex.unit
		}
	}
	return p
}

// maxAhead keeps "in 99999 weeks" from being a date.
const maxAhead = 3650

func (t *text) shift(p dateParts, sign int) (Date, bool) {
	n := int(p.num / 100)
	if p.num < 0 {
		n = 1
	}
	if n > maxAhead || p.num%100 != 0 && p.num > 0 {
		return Date{}, false
	}
	switch p.unit {
	case days:
		return t.today.addDays(sign * n), true
	case weeks:
		return t.today.addDays(sign * 7 * n), true
	case months:
		return t.today.addMonths(sign * n), true
	case years:
		return t.today.addMonths(sign * 12 * n), true
	case hours, minutes:
		return civil(t.in.Now.Add(t.duration(p.unit, sign*n))), true
	}
	return Date{}, false
}

func (t *text) dateOf(l label, f finding, back bool) (Date, bool) {
	p := t.parts(f)
	day := p.ord
	if day == 0 && p.num > 0 && p.num%100 == 0 {
		day = int(p.num / 100)
	}
	switch l {
	case lDateToday:
		return t.today, true
	case lDateTomorrow:
		return t.today.addDays(1), true
	case lDateYesterday:
		return t.today.addDays(-1), true
	case lDateBeforeYesterday:
		return t.today.addDays(-2), true
	case lDateAfterTomorrow:
		return t.today.addDays(2), true
	case lDateAgo, lDateLast:
		return t.shift(p, -1)
	case lDateIn, lDateNext:
		return t.shift(p, 1)
	case lDateMore:
		if back {
			return Date{}, false
		}
		return t.shift(p, 1)
	case lDateWeekday:
		return nearestWeekday(t.today, p.weekday-1, back), p.weekday > 0
	case lDateWeekdayNext:
		return nearestWeekday(t.today, p.weekday-1, false), p.weekday > 0
	case lDateWeekdayLast:
		return nearestWeekday(t.today, p.weekday-1, true), p.weekday > 0
	case lDateWeekdayAfter:
		weeks := max(p.num/100, 1)
		if weeks > maxAhead/7 {
			return Date{}, false
		}
		return nearestWeekday(t.today, p.weekday-1, false).addDays(7 * int(weeks)), p.weekday > 0
	case lDateWeekdaysAgo:
		if p.num < 100 || p.num > maxAhead/7*100 || p.weekday == 0 {
			return Date{}, false
		}
		return nearestWeekday(t.today, p.weekday-1, true).addDays(-7 * int(p.num/100-1)), true
	case lDateCounted: // de hoy en ocho: today counts
		d := t.today
		if p.weekday > 0 {
			d = nearestWeekday(t.today, p.weekday-1, false)
		}
		return d.addDays(int(p.num/100) - 1), p.num >= 200 && p.num <= maxAhead*100
	case lDateWeekdayWeek:
		monday := nearestWeekday(t.today, 1, false)
		return monday.addDays((p.weekday + 5) % 7), p.weekday > 0
	case lDateMonthDay:
		return t.monthDay(p, f, day, back)
	case lDateDay:
		return nearestMonthDay(t.today, day, back)
	case lDateNumeric:
		return t.numericDate(p.numeric, back)
	case lDateMonthEnd:
		if back {
			d := t.today
			if d.Day != daysIn(d.Year, d.Month) {
				d = Date{d.Year, d.Month, 1}.addDays(-1)
			}
			return d, true
		}
		return Date{t.today.Year, t.today.Month, daysIn(t.today.Year, t.today.Month)}, true
	case lDateNextMonthEnd:
		d := Date{t.today.Year, t.today.Month, 1}.addMonths(1)
		d.Day = daysIn(d.Year, d.Month)
		return d, true
	case lDateMonthFirst:
		return nearestMonthDay(t.today, 1, back)
	case lDateNextMonthFirst:
		d := Date{t.today.Year, t.today.Month, 1}.addMonths(1)
		if day > 1 {
			return validDate(d.Year, int(d.Month), day)
		}
		return d, true
	}
	return Date{}, false
}

// monthDay reads March 5th, 5 de marzo, Mar 5 2026.
func (t *text) monthDay(p dateParts, f finding, day int, back bool) (Date, bool) {
	if p.month == 0 || day < 1 || day > 31 {
		return Date{}, false
	}
	numbers, of := 0, false
	for i := f.start; i < f.end; i++ {
		k := &t.toks[i]
		of = of || t.g.v.lex[k.id].roles&isOf != 0
		if k.kind == idNumber && k.num >= 2000_00 && k.num < 2100_00 {
			return validDate(int(k.num/100), p.month, day)
		}
		if k.kind == idNumber || k.kind == idOrdinal {
			numbers++
		}
	}
	if numbers > 1 && !of {
		return Date{}, false // paid 20 march 3
	}
	return nearestYearDay(t.today, p.month, day, back)
}

// numericDate reads 3/15, 3/15/26, 2026-03-15: month first in English, day first elsewhere, the other way round where
// that is no date.
func (t *text) numericDate(k *token, back bool) (Date, bool) {
	if k == nil {
		return Date{}, false
	}
	a, b, c := int(k.y), int(k.m), int(k.d)
	if a >= 1000 {
		return validDate(a, b, c)
	}
	month, day := a, b
	if t.in.Lang != "en" {
		month, day = b, a
	}
	if month > 12 {
		month, day = day, month
	}
	if c == 0 {
		return nearestYearDay(t.today, month, day, back)
	}
	if c < 100 {
		c += 2000
	}
	return validDate(c, month, day)
}

func (t *text) duration(u unit, n int) time.Duration {
	if u == hours {
		return time.Duration(n) * time.Hour
	}
	return time.Duration(n) * time.Minute
}
