package console

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"amends/store"
	"amends/store/calendar"
	"amends/store/intake"
)

// Bounds of a form; a case file's own are wider.
const (
	formParties     = 20
	formCommitments = 30
	formSafeTimes   = 3
)

// caseInput is a case as the fields of a form have it: text, as it was typed, so that nothing of it is lost. It is read by the
// reader of case files, so that what may be, and what is said of it, is the same for both.
type caseInput struct {
	Reference, MediatedOn, Mediator, Backup string
	Why                                     string
	Parties                                 []partyInput
	Agreement                               []commitmentInput
}

// partyInput is a party's fields; Field is what their names begin with.
type partyInput struct {
	Field                                                 string
	Key, Role, For, Name, Phone, Language, TimeZone       string
	Discreet, Consented                                   bool
	QuietFrom, QuietTo, Statements, ConsentOn, ConsentHow string
	Safe                                                  []windowInput
	There                                                 bool // on record already: its role stays
	Given                                                 bool // its consent is on record
}

// windowInput is a stretch of the day.
type windowInput struct{ From, To string }

// commitmentInput is a commitment's fields.
type commitmentInput struct {
	Field                                              string
	Key, Kind, By, To, Payee, Title, Total, Currency   string
	How, Count, Every, First, Rule, Listed, Due, Hours string // how a restitution is paid: once, every, rule, list
	There                                              bool   // on record already: its date alone may change, and a restitution's not here
	Falls                                              string // when it is due, as it is read
	Plan                                               []planRow
}

// planRow is an instalment as it will fall.
type planRow struct {
	Due         calendar.Date
	AmountCents int64
	Currency    string
}

// The fields of a party and of a commitment, by name.
func (p *partyInput) fields() map[string]*string {
	return map[string]*string{"key": &p.Key, "role": &p.Role, "for": &p.For, "name": &p.Name, "phone": &p.Phone, "language": &p.Language,
		"zone": &p.TimeZone, "quiet-from": &p.QuietFrom, "quiet-to": &p.QuietTo, "statements": &p.Statements, "consent-on": &p.ConsentOn, "consent-how": &p.ConsentHow}
}

func (m *commitmentInput) fields() map[string]*string {
	return map[string]*string{"key": &m.Key, "kind": &m.Kind, "by": &m.By, "to": &m.To, "payee": &m.Payee, "title": &m.Title, "total": &m.Total, "currency": &m.Currency,
		"how": &m.How, "count": &m.Count, "every": &m.Every, "first": &m.First, "rule": &m.Rule, "listed": &m.Listed, "due": &m.Due, "hours": &m.Hours}
}

// readCaseInput reads a form.
func readCaseInput(form url.Values) caseInput {
	get := func(name string) string { return strings.TrimSpace(form.Get(name)) }
	in := caseInput{Reference: get("reference"), MediatedOn: get("mediated_on"), Mediator: get("mediator"), Backup: get("backup"), Why: get("why")}
	count := func(name string, most int) int {
		n, _ := strconv.Atoi(get(name))
		return max(0, min(n, most))
	}
	for i := range count("parties", formParties) {
		p := partyInput{}
		at := fmt.Sprintf("p%d-", i)
		for name, to := range p.fields() {
			*to = get(at + name)
		}
		p.Discreet, p.Consented = get(at+"discreet") != "", get(at+"consented") != ""
		for j := range formSafeTimes {
			if w := (windowInput{get(fmt.Sprintf("%ssafe%d-from", at, j)), get(fmt.Sprintf("%ssafe%d-to", at, j))}); w != (windowInput{}) {
				p.Safe = append(p.Safe, w)
			}
		}
		in.Parties = append(in.Parties, p)
	}
	for i := range count("agreement", formCommitments) {
		m := commitmentInput{}
		for name, to := range m.fields() {
			*to = get(fmt.Sprintf("c%d-%s", i, name))
		}
		in.Agreement = append(in.Agreement, m)
	}
	return in
}

// newCaseInput is the form as it opens: two parties and a restitution.
func newCaseInput(p intake.Program) caseInput {
	in := caseInput{Parties: []partyInput{{Key: "v", Role: "victim"}, {Key: "o", Role: "offender"}}, Agreement: []commitmentInput{{Kind: "restitution", By: "o", To: "v", How: "every", Every: "month"}}}
	for i := range in.Parties {
		in.Parties[i].Language = p.Languages[0]
	}
	return in
}

// inputOf is a case that is on record, as a form shows it.
func inputOf(c intake.Case) caseInput {
	in := caseInput{Reference: c.Reference, MediatedOn: c.MediatedOn.String(), Mediator: c.Mediator, Backup: c.Backup}
	for _, p := range c.Parties {
		row := partyInput{Key: p.Key, Role: string(p.Role), For: p.For, Name: p.Name, Phone: readable(p.Phone), Language: p.Language, TimeZone: p.TimeZone, Discreet: p.Discreet}
		if p.QuietHours != nil {
			row.QuietFrom, row.QuietTo = p.QuietHours.From.String(), p.QuietHours.To.String()
		}
		for _, w := range p.SafeTimes {
			row.Safe = append(row.Safe, windowInput{w.From.String(), w.To.String()})
		}
		if p.Statements != nil {
			row.Statements = map[bool]string{true: "yes", false: "no"}[*p.Statements]
		}
		if p.Consent != nil {
			row.Consented, row.ConsentOn, row.ConsentHow = true, p.Consent.On.String(), p.Consent.How
		}
		in.Parties = append(in.Parties, row)
	}
	for _, m := range c.Agreement {
		row := commitmentInput{Key: m.Key, Kind: string(m.Kind), By: m.By, To: m.To, Title: m.Title, Currency: m.Currency, Due: m.Due.String()}
		if m.Minutes > 0 {
			row.Hours = strconv.FormatFloat(float64(m.Minutes)/60, 'f', -1, 64)
		}
		in.Agreement = append(in.Agreement, row)
	}
	return in
}

// add and remove change how many of something the form has room for.
func (in *caseInput) add(what string, p intake.Program) {
	switch {
	case what == "party" && len(in.Parties) < formParties:
		in.Parties = append(in.Parties, partyInput{Key: in.freeKey(), Role: "offender", Language: p.Languages[0]})
	case what == "commitment" && len(in.Agreement) < formCommitments:
		in.Agreement = append(in.Agreement, commitmentInput{Kind: "apology_letter", How: "every", Every: "month"})
	}
}

func (in *caseInput) freeKey() string {
	for n := len(in.Parties) + 1; ; n++ {
		key, taken := "p"+strconv.Itoa(n), false
		for _, p := range in.Parties {
			taken = taken || p.Key == key
		}
		if !taken {
			return key
		}
	}
}

// remove takes a row out that is not on record: "p2", "c0".
func (in *caseInput) remove(what string) {
	if what == "" {
		return
	}
	i, err := strconv.Atoi(what[1:])
	switch {
	case err != nil || i < 0:
	case what[0] == 'p' && i < len(in.Parties) && !in.Parties[i].There:
		in.Parties = append(in.Parties[:i], in.Parties[i+1:]...)
	case what[0] == 'c' && i < len(in.Agreement) && !in.Agreement[i].There:
		in.Agreement = append(in.Agreement[:i], in.Agreement[i+1:]...)
	}
}

// number gives each row its place in the form, and each new commitment a key.
func (in *caseInput) number() {
	keys := map[string]bool{}
	for _, m := range in.Agreement {
		keys[m.Key] = true
	}
	for i := range in.Parties {
		in.Parties[i].Field = fmt.Sprintf("p%d-", i)
		for len(in.Parties[i].Safe) < formSafeTimes {
			in.Parties[i].Safe = append(in.Parties[i].Safe, windowInput{})
		}
	}
	for i := range in.Agreement {
		m := &in.Agreement[i]
		m.Field = fmt.Sprintf("c%d-", i)
		if m.Key != "" {
			continue
		}
		base := map[string]string{"restitution": "money", "apology_letter": "letter", "community_service": "hours"}[m.Kind]
		if base == "" {
			base = strings.ReplaceAll(m.Kind, " ", "")
		}
		m.Key = base
		for n := 2; keys[m.Key] || m.Key == ""; n++ {
			m.Key = base + strconv.Itoa(n)
		}
		keys[m.Key] = true
	}
}

// tree is a part of a case file in the making: what is empty is left out.
type tree map[string]any

func (t tree) put(name, value string) {
	if value != "" {
		t[name] = value
	}
}

func (p *partyInput) tree() tree {
	t := tree{"key": p.Key}
	t.put("role", p.Role)
	if p.Role == "guardian" || p.Role == "support" {
		t.put("for", p.For)
	}
	t.put("name", p.Name)
	t.put("phone", p.Phone)
	t.put("language", p.Language)
	t.put("time_zone", p.TimeZone)
	if p.Discreet {
		t["discreet"] = true
	}
	if p.QuietFrom != "" || p.QuietTo != "" {
		t["quiet_hours"] = windowInput{p.QuietFrom, p.QuietTo}.tree()
	}
	var safe []tree
	for _, w := range p.Safe {
		if w != (windowInput{}) {
			safe = append(safe, w.tree())
		}
	}
	if safe != nil {
		t["safe_times"] = safe
	}
	if p.Statements != "" {
		t["statements"] = p.Statements == "yes"
	}
	if p.Consented {
		consent := tree{}
		consent.put("on", p.ConsentOn)
		consent.put("how", p.ConsentHow)
		t["consent"] = consent
	}
	return t
}

func (w windowInput) tree() tree {
	t := tree{}
	t.put("from", w.From)
	t.put("to", w.To)
	return t
}

// Who is paid where it is no party.
const (
	toCourt = "=court"
	toOther = "=other"
)

func (m *commitmentInput) tree() tree {
	t := tree{"key": m.Key}
	t.put("kind", m.Kind)
	t.put("by", m.By)
	if m.Kind != "restitution" {
		if !strings.HasPrefix(m.To, "=") {
			t.put("to", m.To)
		}
		t.put("title", m.Title)
		t.put("due", m.Due)
		if m.Kind != "apology_letter" {
			t.put("hours", m.Hours)
		}
		return t
	}
	switch m.To {
	case toCourt:
		t.put("payee", "court")
	case toOther:
		t.put("payee", m.Payee)
	default:
		t.put("to", m.To)
	}
	sum := func(s string) string { return strings.NewReplacer("$", "", ",", "", " ", "").Replace(s) }
	t.put("total", sum(m.Total))
	t.put("currency", m.Currency)
	whole := func(s string) any {
		if n, err := strconv.Atoi(s); err == nil {
			return n
		}
		return s
	}
	plan := tree{}
	switch m.How {
	case "once":
		t.put("due", m.Due)
		return t
	case "rule":
		plan.put("rule", m.Rule)
		plan.put("first", m.First)
	case "list":
		var listed []tree
		for line := range strings.Lines(m.Listed) {
			day, amount, _ := strings.Cut(strings.TrimSpace(line), " ")
			if day == "" {
				continue
			}
			one := tree{}
			one.put("due", day)
			one.put("amount", sum(amount))
			listed = append(listed, one)
		}
		if listed != nil {
			t["instalments"] = listed
		}
		return t
	default:
		if m.Count != "" {
			plan["count"] = whole(m.Count)
		}
		plan.put("every", m.Every)
		plan.put("first", m.First)
	}
	t["instalments"] = plan
	return t
}

// parse reads the form as a case file is read, and holds it against the program. What is wrong is told by field.
func (in *caseInput) parse(p intake.Program, had *intake.Case) (intake.Case, map[string]string, error) {
	in.number()
	file := tree{"program": p.Key}
	file.put("reference", in.Reference)
	file.put("mediated_on", in.MediatedOn)
	file.put("mediator", in.Mediator)
	file.put("backup", in.Backup)
	var parties, agreement []any
	for i := range in.Parties {
		parties = append(parties, in.Parties[i].tree())
	}
	for i := range in.Agreement {
		m := in.Agreement[i].tree()
		if was := hadCommitment(had, in.Agreement[i].Key); was != nil {
			var err error
			if m, err = kept(*was); err != nil {
				return intake.Case{}, nil, err
			}
			if was.Kind != intake.Restitution {
				m["due"] = in.Agreement[i].Due
			}
		}
		agreement = append(agreement, m)
	}
	if parties != nil {
		file["parties"] = parties
	}
	if agreement != nil {
		file["agreement"] = agreement
	}
	if had != nil {
		file["reference"] = had.Reference
	}
	source, err := json.Marshal(file)
	if err != nil {
		return intake.Case{}, nil, err
	}
	c, err := intake.ParseCase("", bytes.NewReader(source))
	if err == nil {
		if had != nil {
			c.Policy = had.Policy
		}
		if found := c.Check(&p); len(found) > 0 {
			err = found
		}
	}
	var found intake.Faults
	if errors.As(err, &found) {
		faults := map[string]string{}
		for _, f := range found {
			if name := in.fieldOf(f.Path); faults[name] == "" {
				faults[name] = f.Message
			}
		}
		return c, faults, nil
	}
	return c, nil, err
}

// kept is a commitment that is on record, as a case file has it.
func kept(m intake.Commitment) (tree, error) {
	var file struct {
		Agreement []tree `json:"agreement"`
	}
	err := json.Unmarshal(intake.Case{Agreement: []intake.Commitment{m}}.Encode(), &file)
	if err != nil || len(file.Agreement) != 1 {
		return nil, fmt.Errorf("a commitment on record could not be read: %w", err)
	}
	return file.Agreement[0], nil
}

func hadCommitment(c *intake.Case, key string) *intake.Commitment {
	if c == nil {
		return nil
	}
	for i := range c.Agreement {
		if c.Agreement[i].Key == key {
			return &c.Agreement[i]
		}
	}
	return nil
}

// fieldOf is the name of the field of a path of the case file: "parties[v].consent.on" is "p0-consent-on".
func (in *caseInput) fieldOf(path string) string {
	group, rest, ok := strings.Cut(path, "[")
	if !ok {
		return path
	}
	key, rest, _ := strings.Cut(rest, "]")
	rest = strings.TrimPrefix(rest, ".")
	field := ""
	switch group {
	case "parties":
		for _, p := range in.Parties {
			if p.Key == key {
				field = p.Field
			}
		}
	case "agreement":
		for _, m := range in.Agreement {
			if m.Key == key {
				field = m.Field
			}
		}
	}
	if field == "" {
		return group
	}
	for _, n := range []struct{ path, name string }{
		{"quiet_hours", "quiet-from"}, {"safe_times", "safe0-from"}, {"consent.how", "consent-how"}, {"consent", "consent-on"}, {"time_zone", "zone"},
		{"payee", "to"}, {"currency", "total"}, {"instalments.count", "count"}, {"instalments.every", "every"}, {"instalments.first", "first"},
		{"instalments.rule", "rule"}, {"instalments[", "listed"}, {"instalments", "how"},
	} {
		if strings.HasPrefix(rest, n.path) {
			return field + n.name
		}
	}
	return field + rest
}

// present is a case as it stands now: its file, with what was changed since by other ways.
func (v *visit) present(tx *store.Tx, b *caseBook) (intake.Case, error) {
	c, err := intake.ParseCase("the stored case", strings.NewReader(tx.Reveal(b.File)))
	if err != nil {
		return c, err
	}
	c.Backup = ""
	for _, s := range b.staff {
		if s.ID == b.MediatorID {
			c.Mediator = s.Key
		}
		if s.ID == int64(b.BackupID) {
			c.Backup = s.Key
		}
	}
	for i := range c.Parties {
		for _, p := range b.parties {
			if p.Key == c.Parties[i].Key {
				c.Parties[i].Language = p.Language
			}
		}
	}
	for i := range c.Agreement {
		for _, m := range b.commitments {
			if m.Key == c.Agreement[i].Key && c.Agreement[i].Kind != intake.Restitution {
				c.Agreement[i].Due = m.Due
			}
		}
	}
	return c, nil
}
