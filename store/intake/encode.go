package intake

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"amends/store/calendar"

	"go.yaml.in/yaml/v3"
)

// Encode writes the case as JSON that ParseCase reads back to an equal case,
// always the same bytes for the same case. It is how the source of a case is
// kept; it holds names and numbers in clear.
func (c Case) Encode() []byte { return jsonOf(c.tree()) }

// EncodeYAML writes the case as a YAML file.
func (c Case) EncodeYAML() []byte { return yamlOf(c.tree()) }

// Encode writes the program as JSON that ParseProgram reads back to an equal
// program, always the same bytes for the same program.
func (p Program) Encode() []byte { return jsonOf(p.tree()) }

// EncodeYAML writes the program as a YAML file.
func (p Program) EncodeYAML() []byte { return yamlOf(p.tree()) }

// tree is a mapping in the making. What is not given is left out.
type tree struct{ *yaml.Node }

func newTree() tree { return tree{&yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}} }

func scalar(tag, value string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: value}
	if tag == "!!str" {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

func list(items []*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Content: items}
}

func (t tree) put(name string, n *yaml.Node) {
	if n != nil {
		t.Content = append(t.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: name}, n)
	}
}

func (t tree) text(name, s string) {
	if s != "" {
		t.put(name, scalar("!!str", s))
	}
}

func (t tree) truth(name string, b *bool) {
	if b != nil {
		t.put(name, scalar("!!bool", strconv.FormatBool(*b)))
	}
}

func (t tree) whole(name string, i *int) {
	if i != nil {
		t.put(name, scalar("!!int", strconv.Itoa(*i)))
	}
}

func (t tree) wholes(name string, l []int) {
	if l == nil {
		return
	}
	var items []*yaml.Node
	for _, i := range l {
		items = append(items, scalar("!!int", strconv.Itoa(i)))
	}
	n := list(items)
	n.Style = yaml.FlowStyle
	t.put(name, n)
}

func window(w calendar.Window) *yaml.Node {
	t := newTree()
	t.text("from", w.From.String())
	t.text("to", w.To.String())
	t.Style = yaml.FlowStyle
	return t.Node
}

func (c Case) tree() *yaml.Node {
	t := newTree()
	t.text("program", c.Program)
	t.text("reference", c.Reference)
	t.text("mediated_on", c.MediatedOn.String())
	t.text("mediator", c.Mediator)
	t.text("backup", c.Backup)
	var parties, agreement []*yaml.Node
	for _, p := range c.Parties {
		parties = append(parties, p.tree())
	}
	for _, m := range c.Agreement {
		agreement = append(agreement, m.tree())
	}
	t.put("parties", list(parties))
	t.put("agreement", list(agreement))
	t.put("policy", c.Policy.tree())
	return t.Node
}

func (p Party) tree() *yaml.Node {
	t := newTree()
	t.text("key", p.Key)
	t.text("role", string(p.Role))
	t.text("for", p.For)
	t.text("name", p.Name)
	t.text("phone", p.Phone)
	t.text("language", p.Language)
	t.text("time_zone", p.TimeZone)
	if p.Discreet {
		t.truth("discreet", &p.Discreet)
	}
	if p.QuietHours != nil {
		t.put("quiet_hours", window(*p.QuietHours))
	}
	var safe []*yaml.Node
	for _, w := range p.SafeTimes {
		safe = append(safe, window(w))
	}
	if safe != nil {
		t.put("safe_times", list(safe))
	}
	t.truth("statements", p.Statements)
	if p.Consent != nil {
		consent := newTree()
		consent.text("on", p.Consent.On.String())
		consent.text("how", p.Consent.How)
		t.put("consent", consent.Node)
	}
	return t.Node
}

func (m Commitment) tree() *yaml.Node {
	t := newTree()
	t.text("key", m.Key)
	t.text("kind", string(m.Kind))
	t.text("title", m.Title)
	t.text("by", m.By)
	t.text("to", m.To)
	t.text("payee", m.Payee)
	if m.TotalCents != 0 {
		t.text("total", Money(m.TotalCents))
	}
	t.text("currency", m.Currency)
	if m.Instalments != nil {
		t.put("instalments", planTree(*m.Instalments))
	}
	t.text("due", m.Due.String())
	if m.Minutes != 0 {
		t.put("hours", scalar("!!float", hoursOf(m.Minutes)))
	}
	return t.Node
}

func planTree(p calendar.Plan) *yaml.Node {
	if len(p.Listed) > 0 {
		var items []*yaml.Node
		for _, in := range p.Listed {
			one := newTree()
			one.text("due", in.Due.String())
			one.text("amount", Money(in.AmountCents))
			one.Style = yaml.FlowStyle
			items = append(items, one.Node)
		}
		return list(items)
	}
	t := newTree()
	if p.Count != 0 {
		t.whole("count", &p.Count)
	}
	t.text("every", string(p.Every))
	t.text("rule", p.Rule)
	t.text("first", p.First.String())
	t.Style = yaml.FlowStyle
	return t.Node
}

func (p Program) tree() *yaml.Node {
	t := newTree()
	t.text("program", p.Key)
	t.text("name", p.Name)
	t.text("sender", p.Sender)
	t.text("discreet_sender", p.DiscreetSender)
	t.text("from", p.From)
	t.text("messaging_service", p.MessagingService)
	t.text("time_zone", p.TimeZone)
	var languages, days, resources, staff []*yaml.Node
	for _, l := range p.Languages {
		languages = append(languages, scalar("!!str", l))
	}
	t.put("languages", list(languages))
	t.text("default_language", p.DefaultLanguage)
	t.put("quiet_hours", window(p.QuietHours))
	for _, d := range p.OfficeHours.Days {
		days = append(days, scalar("!!str", dayName(d)))
	}
	office := newTree()
	office.put("days", list(days))
	office.text("from", p.OfficeHours.From.String())
	office.text("to", p.OfficeHours.To.String())
	t.put("office_hours", office.Node)
	for _, r := range p.Resources {
		one := newTree()
		one.text("name", r.Name)
		one.text("contact", r.Contact)
		one.text("language", r.Language)
		one.text("verified", r.Verified.String())
		resources = append(resources, one.Node)
	}
	if resources != nil {
		t.put("resources", list(resources))
	}
	for _, s := range p.Staff {
		one := newTree()
		one.text("key", s.Key)
		one.text("name", s.Name)
		one.text("role", string(s.Role))
		one.text("phone", s.Phone)
		one.text("email", s.Email)
		staff = append(staff, one.Node)
	}
	t.put("staff", list(staff))
	t.put("policy", p.Policy.tree())
	return t.Node
}

// tree is nil for a policy that settles nothing.
func (p Policy) tree() *yaml.Node {
	t := newTree()
	t.wholes("checkin_days", p.CheckinDays)
	t.wholes("reminder_days", p.ReminderDays)
	t.whole("grace_days", p.GraceDays)
	t.whole("unprompted_a_day", p.UnpromptedADay)
	if p.TextsPerSecond != nil {
		t.put("texts_per_second", scalar("!!float", strconv.FormatFloat(*p.TextsPerSecond, 'f', -1, 64)))
	}
	t.truth("statements", p.Statements)
	t.truth("who5", p.WHO5)
	t.text("flows", p.Flows)
	ack := newTree()
	if p.Acknowledge.Urgent != 0 {
		ack.text("urgent", durationText(p.Acknowledge.Urgent))
	}
	if p.Acknowledge.High != 0 {
		ack.text("high", durationText(p.Acknowledge.High))
	}
	if n := p.Acknowledge.NormalOfficeDays; n != 0 {
		ack.whole("normal_office_days", &n)
	}
	if len(ack.Content) > 0 {
		t.put("acknowledge", ack.Node)
	}
	t.wholes("return_days", p.ReturnDays)
	t.whole("retention_days", p.RetentionDays)
	if len(t.Content) == 0 {
		return nil
	}
	return t.Node
}

// durationText is a duration as people write it: "15m", not "15m0s".
func durationText(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = s[:len(s)-2]
	}
	if strings.HasSuffix(s, "h0m") {
		s = s[:len(s)-2]
	}
	return s
}

func yamlOf(n *yaml.Node) []byte {
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(n); err != nil {
		panic("intake: a tree of our own making cannot be written: " + err.Error())
	}
	return b.Bytes()
}

func jsonOf(n *yaml.Node) []byte {
	var b bytes.Buffer
	writeJSON(&b, n)
	return b.Bytes()
}

func writeJSON(b *bytes.Buffer, n *yaml.Node) {
	switch n.Kind {
	case yaml.MappingNode:
		b.WriteByte('{')
		for i := 0; i+1 < len(n.Content); i += 2 {
			if i > 0 {
				b.WriteByte(',')
			}
			writeJSON(b, n.Content[i])
			b.WriteByte(':')
			writeJSON(b, n.Content[i+1])
		}
		b.WriteByte('}')
	case yaml.SequenceNode:
		b.WriteByte('[')
		for i, el := range n.Content {
			if i > 0 {
				b.WriteByte(',')
			}
			writeJSON(b, el)
		}
		b.WriteByte(']')
	default:
		if n.Tag != "!!str" {
			b.WriteString(n.Value)
			return
		}
		text, _ := json.Marshal(n.Value) // a string always can be
		b.Write(text)
	}
}
