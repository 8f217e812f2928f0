package intake_test

import (
	"errors"
	"strings"
	"testing"

	"amends/store/intake"

	"github.com/google/go-cmp/cmp"
)

// bad is a change to a sample file and the sentences that it gives.
type bad struct{ name, old, new, want string }

func (b bad) apply(t *testing.T, sample string) string {
	t.Helper()
	if !strings.Contains(sample, b.old) {
		t.Fatalf("the sample has no %q", b.old)
	}
	return strings.Replace(sample, b.old, b.new, 1)
}

// secrets are what of the samples, and of the bad values, no fault may repeat.
var secrets = []string{"Alex", "Kim Park", "Jordan", "Fox", "Dana", "Ortiz", "555", "signed", "Somebody"}

func expect(t *testing.T, err error, want string) {
	t.Helper()
	var faults intake.Faults
	if !errors.As(err, &faults) {
		t.Fatalf("no faults: %v", err)
	}
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(err.Error(), "\n")); diff != "" {
		t.Error(diff)
	}
	told := strings.ReplaceAll(err.Error(), "+13125550100", "") // the example of how to write one
	told = strings.ReplaceAll(told, "dana@example.org", "")
	for _, s := range secrets {
		if strings.Contains(told, s) {
			t.Errorf("a fault repeats %q: %s", s, told)
		}
	}
}

func TestCaseFaults(t *testing.T) {
	t.Parallel()
	sample := string(file(t, "case.yaml"))
	for _, c := range []bad{
		{"empty", sample, "", "case.yaml: the file is empty"},
		{"comment alone", sample, "# nothing yet\n", "case.yaml: the file is empty"},
		{"a list", sample, "- program: riverside\n", "case.yaml line 1: the file must be a group of fields, beginning with program:"},
		{"a sentence", sample, "Alex Kim and Jordan Fox\n", "case.yaml line 1: the file must be a group of fields, beginning with program:"},
		{"not UTF-8", "Alex", "Zo\xeb", "case.yaml: the file is not UTF-8 text; save it as UTF-8"},
		{"a tab", "\n  - {key: v", "\n\t- {key: v", "case.yaml line 8: the file is not valid YAML here; look for a tab (indent with spaces) or a sign that needs quotes"},
		{"an open bracket", "signed form}}", "signed form}", "case.yaml line 8: the file is not valid YAML here, or in what begins here; look at the indentation, quotes, colons and brackets"},
		{"several documents", sample, sample + "---\n" + sample, "case.yaml line 15: the file holds several documents; put each into a file of its own"},
		{"several JSON documents", sample, "{}\n{}", "case.yaml line 2: the file holds several documents; put each into a file of its own"},
		{"an alias", "mediator: dana\nbackup: sam", "mediator: &m dana\nbackup: *m", "case.yaml line 6: backup is an alias (*); write the value out"},
		{"an unknown field", "mediator: dana", "mediator: dana\nmediators: sam", "case.yaml line 6: the file has a field mediators, which is not known; the fields are agreement, backup, mediated_on, mediator, parties, policy, program, reference"},
		{"an unknown field of a party", "language: en,", "language: en, fone: 1,", "case.yaml line 8: parties[v] has a field fone, which is not known; the fields are consent, discreet, for, key, language, name, phone, quiet_hours, role, safe_times, statements, time_zone"},
		{"a value for a field", "name: Alex Kim,", "Alex Kim,", "case.yaml line 8: parties[v] has a field whose name is not one; look for a missing colon, comma or quote\ncase.yaml line 8: parties[v].name is missing; give it a value"},
		{"a field twice", "backup: sam", "backup: sam\nbackup: kim", "case.yaml line 7: the file has the field backup twice; leave one out"},
		{"no value", "backup: sam", "backup:", "case.yaml line 6: backup has no value; give it one or leave the field out"},
		{"an empty value", "backup: sam", `backup: ""`, "case.yaml line 6: backup is empty; give it a value or leave the field out"},
		{"a list for a text", "backup: sam", "backup: [sam, kim]", "case.yaml line 6: backup must be text; put it in quotes"},
		{"truth for a text", "backup: sam", "backup: true", "case.yaml line 6: backup must be text; put it in quotes"},
		{"a text for truth", "discreet: true", "discreet: yes", "case.yaml line 8: parties[v].discreet must be true or false"},
		{"a text for a number", "count: 6", `count: "6"`, "case.yaml line 12: agreement[money].instalments.count must be a whole number"},
		{"a group for a list", "parties:\n  - {", "parties:\n  x: {", "case.yaml line 8: the file is not valid YAML here, or in what begins here; look at the indentation, quotes, colons and brackets"},

		{"no program", "program: riverside\n", "", "case.yaml: program is missing; give it a short key of letters, digits, - and _"},
		{"no reference", "reference: RJ-2026-0142\n", "", "case.yaml: reference is missing; give it a value"},
		{"long reference", "RJ-2026-0142", strings.Repeat("x", 65), "case.yaml line 3: reference is longer than 64 characters"},
		{"unprintable reference", "reference: RJ-2026-0142", `reference: "RJ\t1"`, "case.yaml line 3: reference has a character that cannot be printed; write it on one line, without tabs"},
		{"blank reference", "reference: RJ-2026-0142", `reference: "  "`, "case.yaml line 3: reference is empty; give it a value"},
		{"spaced reference", "reference: RJ-2026-0142", `reference: " RJ"`, "case.yaml line 3: reference begins or ends with a space; leave it out"},
		{"no such day", "mediated_on: 2026-03-02", "mediated_on: 2026-02-30", "case.yaml line 4: mediated_on is not a date of the calendar; write it as 2026-03-02"},
		{"a day with a time", "mediated_on: 2026-03-02", "mediated_on: 2026-03-02T10:00:00Z", "case.yaml line 4: mediated_on is not a date of the calendar; write it as 2026-03-02"},
		{"no mediation", "mediated_on: 2026-03-02\n", "", "case.yaml: mediated_on is missing; write the day of the mediation as 2026-03-02"},
		{"backup is the mediator", "backup: sam", "backup: dana", "case.yaml line 6: backup is the mediator; name another, or leave it out"},
		{"a name for a key", "mediator: dana", "mediator: Dana Ortiz", "case.yaml line 5: mediator is not a key; a key has letters, digits, - and _, and at most 32 of them"},

		{"one key twice", "{key: o,", "{key: v,", "case.yaml line 10: parties[#2].key is used twice; give each a key of its own\ncase.yaml line 12: agreement[money].by must be the key of a party on an offender's side of this case\ncase.yaml line 13: agreement[letter].by must be the key of a party on an offender's side of this case\ncase.yaml line 14: agreement[hours].by must be the key of a party on an offender's side of this case"},
		{"a name for a party's key", "{key: v,", "{key: Alex Kim,", "case.yaml line 8: parties[#1].key is not a key; a key has letters, digits, - and _, and at most 32 of them\ncase.yaml line 12: agreement[money].to must be the key of a party on a victim's side of this case"},
		{"no role", "role: victim,", "", "case.yaml line 7: parties must have at least one victim\ncase.yaml line 8: parties[v].role is missing; write victim, offender, guardian or support\ncase.yaml line 12: agreement[money].to must be the key of a party on a victim's side of this case"},
		{"no such role", "role: victim,", "role: Victim,", "case.yaml line 7: parties must have at least one victim\ncase.yaml line 8: parties[v].role is not a role of a party; write victim, offender, guardian or support\ncase.yaml line 12: agreement[money].to must be the key of a party on a victim's side of this case"},
		{"for of a victim", "role: victim,", "role: victim, for: o,", "case.yaml line 8: parties[v].for belongs to a guardian or support person; leave it out"},
		{"a guardian for nobody", "agreement:", "  - {key: g, role: guardian, name: Pat Fox, phone: \"+13125550103\"}\nagreement:", "case.yaml line 11: parties[g].for is missing; write the key of the party that this one stands beside"},
		{"a guardian for a stranger", "agreement:", "  - {key: g, role: guardian, for: x, name: Pat Fox, phone: \"+13125550103\"}\nagreement:", "case.yaml line 11: parties[g].for must be the key of a victim or offender of this case"},
		{"a guardian for herself", "agreement:", "  - {key: g, role: guardian, for: g, name: Pat Fox, phone: \"+13125550103\"}\nagreement:", "case.yaml line 11: parties[g].for must be the key of a victim or offender of this case"},
		{"no phone", `phone: "+13125550101",`, "", "case.yaml line 8: parties[v].phone is missing; write it with its country code, such as +13125550100"},
		{"short phone", "+13125550101", "+1312555", "case.yaml line 8: parties[v].phone is not a phone number that can exist; write it with its country code, such as +13125550100"},
		{"local phone", "+13125550101", "555-0101", "case.yaml line 8: parties[v].phone is not a phone number that can exist; write it with its country code, such as +13125550100"},
		{"words for a phone", "+13125550101", "1-800-FLOWERS", "case.yaml line 8: parties[v].phone is not a phone number that can exist; write it with its country code, such as +13125550100"},
		{"an extension", "+13125550101", "+13125550101 x12", "case.yaml line 8: parties[v].phone is not a phone number that can exist; write it with its country code, such as +13125550100"},
		{"language", "language: en,", "language: English,", "case.yaml line 8: parties[v].language is not a language; write its code, such as en or es"},
		{"zone", "time_zone: America/Chicago, discreet", "time_zone: Chicago, discreet", "case.yaml line 8: parties[v].time_zone is not a time zone; write an IANA name, such as America/Chicago"},
		{"quiet almost all day", "discreet: true", `discreet: true, quiet_hours: {from: "12:00", to: "09:00"}`, "case.yaml line 8: parties[v].quiet_hours leave less than 4 hours a day to text in"},
		{"quiet for no time", "discreet: true", `discreet: true, quiet_hours: {from: "12:00", to: "12:00"}`, "case.yaml line 8: parties[v].quiet_hours begin and end at the same time; give them a length, or leave them out"},
		{"quiet without end", "discreet: true", `discreet: true, quiet_hours: {from: "12:00"}`, "case.yaml line 8: parties[v].quiet_hours.to is missing; write it as 09:00, in quotes"},
		{"quiet from no time", "discreet: true", `discreet: true, quiet_hours: {from: "8pm", to: "24:00"}`, "case.yaml line 8: parties[v].quiet_hours.from is not a time of day; write it as 09:00, in quotes\ncase.yaml line 8: parties[v].quiet_hours.to is not a time of day; write it as 09:00, in quotes"},
		{"safe for too short", "discreet: true", `discreet: true, safe_times: [{from: "10:00", to: "11:00"}]`, "case.yaml line 8: parties[v].safe_times leave less than 4 hours a day to text in"},
		{"consent without day", "{on: 2026-03-02, how: signed form}", "{how: signed form}", "case.yaml line 9: parties[v].consent.on is missing; write the day of the consent as 2026-03-02"},
		{"consent without how", "{on: 2026-03-02, how: signed form}", "{on: 2026-03-02}", "case.yaml line 9: parties[v].consent.how is missing; give it a value"},

		{"no such kind", "kind: apology_letter", "kind: letter", "case.yaml line 13: agreement[letter].kind is not a kind of commitment; write restitution, apology_letter, community_service, counselling, class or other"},
		{"no kind", "kind: apology_letter, ", "", "case.yaml line 13: agreement[letter].kind is missing; write restitution, apology_letter, community_service, counselling, class or other"},
		{"other without title", "kind: apology_letter", "kind: other", "case.yaml line 13: agreement[letter].title is missing; a commitment of the kind other says what it is"},
		{"owed by nobody", "kind: apology_letter, by: o", "kind: apology_letter", "case.yaml line 13: agreement[letter].by is missing; write the key of the party that owes it"},
		{"owed by the victim", "kind: apology_letter, by: o", "kind: apology_letter, by: v", "case.yaml line 13: agreement[letter].by must be the key of a party on an offender's side of this case"},
		{"owed to the offender", "to: v, total", "to: o, total", "case.yaml line 12: agreement[money].to must be the key of a party on a victim's side of this case"},
		{"owed to nobody", "to: v, total", "total", "case.yaml line 12: agreement[money].to is missing; write the key of the party that is paid, or payee for a court or another"},
		{"to and payee", "to: v, total", "to: v, payee: court, total", "case.yaml line 12: agreement[money].payee cannot stand beside to; leave one of them out"},
		{"no total", `total: "600.00", `, "", `case.yaml line 12: agreement[money].total is missing; write the whole sum, such as "600.00"`},
		{"a third of a cent", `"600.00"`, "600.003", "case.yaml line 12: agreement[money].total is not an amount exact to the cent; write it without sign or comma, such as 600.00"},
		{"a comma", `"600.00"`, `"1,600.00"`, "case.yaml line 12: agreement[money].total is not an amount exact to the cent; write it without sign or comma, such as 600.00"},
		{"an exponent", `"600.00"`, "6e2", "case.yaml line 12: agreement[money].total is not an amount exact to the cent; write it without sign or comma, such as 600.00"},
		{"a debt", `"600.00"`, `"-600.00"`, "case.yaml line 12: agreement[money].total is not an amount exact to the cent; write it without sign or comma, such as 600.00"},
		{"nothing", `"600.00"`, `"0.00"`, "case.yaml line 12: agreement[money].total is nothing; an amount is at least 0.01"},
		{"too much", `"600.00"`, `"1000000.01"`, "case.yaml line 12: agreement[money].total is more than 1,000,000.00"},
		{"currency", `"600.00",`, `"600.00", currency: dollars,`, "case.yaml line 12: agreement[money].currency is not a currency; write three capital letters, such as USD"},
		{"no instalments", ", instalments: {count: 6, every: month, first: 2026-04-01}", "", "case.yaml line 12: agreement[money].instalments is missing; write instalments, or due for a sum paid at once"},
		{"instalments and due", "instalments:", "due: 2026-04-01, instalments:", "case.yaml line 12: agreement[money].due cannot stand beside instalments; leave one of them out"},
		{"no first", ", first: 2026-04-01", "", "case.yaml line 12: agreement[money].instalments cannot be laid out: instalments need the date of the first"},
		{"no such every", "every: month", "every: year", "case.yaml line 12: agreement[money].instalments cannot be laid out: every must be week, fortnight, half_month or month"},
		{"first before the mediation", "first: 2026-04-01", "first: 2026-03-01", "case.yaml line 12: agreement[money].instalments.first is before the day of the mediation"},
		{"a list that is short", "{count: 6, every: month, first: 2026-04-01}", "[{due: 2026-04-01, amount: 300}, {due: 2026-05-01, amount: 299.99}]", "case.yaml line 12: agreement[money].instalments cannot be laid out: the instalments listed come to less than the total"},
		{"a list that is over", "{count: 6, every: month, first: 2026-04-01}", "[{due: 2026-04-01, amount: 300}, {due: 2026-05-01, amount: 300.01}]", "case.yaml line 12: agreement[money].instalments cannot be laid out: the instalments listed come to more than the total"},
		{"a list too early", "{count: 6, every: month, first: 2026-04-01}", "[{due: 2026-03-01, amount: 600}]", "case.yaml line 12: agreement[money].instalments is before the day of the mediation"},
		{"a list with a slip", "{count: 6, every: month, first: 2026-04-01}", "[{due: 2026-04-01, amount: six}]", "case.yaml line 12: agreement[money].instalments[#1].amount is not an amount exact to the cent; write it without sign or comma, such as 600.00"},
		{"a rule without end", "{count: 6, every: month, first: 2026-04-01}", "{rule: FREQ=WEEKLY, first: 2026-04-01}", "case.yaml line 12: agreement[money].instalments cannot be laid out: the rule needs an end; add COUNT or UNTIL"},
		{"a letter's total", "due: 2026-03-20", "due: 2026-03-20, total: 5", "case.yaml line 13: agreement[letter].total belongs to restitution alone; leave it out"},
		{"a letter's hours", "due: 2026-03-20", "due: 2026-03-20, hours: 5", "case.yaml line 13: agreement[letter].hours has no place with a letter; leave it out"},
		{"a letter too early", "due: 2026-03-20", "due: 2026-03-01", "case.yaml line 13: agreement[letter].due is before the day of the mediation"},
		{"a letter some time", ", due: 2026-03-20", "", "case.yaml line 13: agreement[letter].due is missing; write the day by which it is to be done as 2026-03-20"},
		{"service without hours", "hours: 20, ", "", "case.yaml line 14: agreement[hours].hours is missing; write how many hours are owed"},
		{"service of minutes", "hours: 20", "hours: 20.1", "case.yaml line 14: agreement[hours].hours is not a number of hours, in quarters at the finest, such as 20 or 7.5"},
		{"nothing agreed", sample[strings.Index(sample, "agreement:"):], "agreement: []\n", "case.yaml line 11: agreement is missing; list at least one commitment"},

		{"a program's policy", "agreement:", "policy: {flows: x, texts_per_second: 2}\nagreement:", "case.yaml line 11: policy.flows is settled for the whole program; move it to the program file\ncase.yaml line 11: policy.texts_per_second is settled for the whole program; move it to the program file"},
		{"a policy out of bounds", "agreement:", "policy: {grace_days: 31, unprompted_a_day: 0, checkin_days: [2, 2], return_days: [], reminder_days: [-31], acknowledge: {urgent: 10s, high: soon, normal_office_days: 11}}\nagreement:",
			"case.yaml line 11: policy.acknowledge.high is not a length of time; write it as 15m or 4h\n" +
				"case.yaml line 11: policy.checkin_days must go up, each day once\n" +
				"case.yaml line 11: policy.reminder_days must have days from -30 to 30\n" +
				"case.yaml line 11: policy.return_days must have at least one day\n" +
				"case.yaml line 11: policy.grace_days must be from 0 to 30\n" +
				"case.yaml line 11: policy.unprompted_a_day must be from 1 to 10\n" +
				"case.yaml line 11: policy.acknowledge.normal_office_days must be from 1 to 10\n" +
				"case.yaml line 11: policy.acknowledge.urgent must be whole minutes, from 1m to 24h"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := intake.ParseCase("case.yaml", strings.NewReader(c.apply(t, sample)))
			expect(t, err, c.want)
		})
	}
}

func TestCaseFaultsAgainstTheProgram(t *testing.T) {
	t.Parallel()
	program := sampleProgram(t)
	sample := string(file(t, "case.yaml"))
	for _, c := range []bad{
		{"another program", "program: riverside", "program: lakeside", "case.yaml line 2: program is not the program that the case is checked for"},
		{"a coordinator for mediator", "mediator: dana", "mediator: kim", "case.yaml line 5: mediator is not the key of a mediator of the program"},
		{"a stranger for backup", "backup: sam", "backup: bob", "case.yaml line 6: backup is not the key of a mediator or coordinator of the program"},
		{"a language the program lacks", "language: es", "language: fr", "case.yaml line 10: parties[o].language is not one of the program's languages; add it to the program file"},
		{"a staff member's phone", "+13125550102", "+13125550109", "case.yaml line 10: parties[o].phone is a staff member's too; a phone cannot be both, for its texts could be either's"},
		{"the program's phone", "+13125550102", "+13125550000", "case.yaml line 10: parties[o].phone is the program's own number"},
		{"safe at night alone", "discreet: true", `discreet: true, safe_times: [{from: "17:00", to: "23:00"}]`, "case.yaml line 8: parties[v].safe_times leave less than 4 hours a day outside the program's quiet hours"},
		{"WHO-5 without its texts", "agreement:", "policy: {who5: true}\nagreement:", "case.yaml line 11: policy.who5 needs policy.flows in the program file, a folder with the WHO's official item texts"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := intake.ParseCase("case.yaml", strings.NewReader(c.apply(t, sample)))
			if err != nil {
				t.Fatal(err)
			}
			expect(t, got.Check(&program), c.want)
		})
	}
	open := program
	open.DiscreetSender = ""
	c := sampleCase(t)
	expect(t, c.Check(&open), "case.yaml line 8: parties[v].discreet needs discreet_sender in the program file, a word that does not tell")
}

func TestProgramFaults(t *testing.T) {
	t.Parallel()
	sample := string(file(t, "program.yaml"))
	lines := strings.Split(sample, "\n")
	for _, c := range []bad{
		{"no key", lines[1] + "\n", "", "program.yaml: program is missing; give it a short key of letters, digits, - and _"},
		{"an unknown field", "sender: Riverside RJ", "sender: Riverside RJ\nsnder: x", "program.yaml line 5: the file has a field snder, which is not known; the fields are default_language, discreet_sender, from, languages, messaging_service, name, office_hours, policy, program, quiet_hours, resources, sender, staff, time_zone"},
		{"long sender", "sender: Riverside RJ", "sender: " + strings.Repeat("x", 41), "program.yaml line 4: sender is longer than 40 characters"},
		{"a discreet sender that tells", "discreet_sender: RRJ", "discreet_sender: Riverside RJ", "program.yaml line 5: discreet_sender is the program's name or sender; choose a word that does not tell"},
		{"no number", lines[5] + "\n", "", "program.yaml: from is missing; give the program's number, or a messaging_service instead"},
		{"number and service", "time_zone:", "messaging_service: MG1\ntime_zone:", "program.yaml line 7: messaging_service cannot stand beside from; leave one of them out"},
		{"no service", lines[5], "messaging_service: MG1", "program.yaml line 6: messaging_service is not a messaging service's SID; it is MG and 32 digits and letters a to f"},
		{"no zone", "time_zone: America/Chicago\n", "", "program.yaml: time_zone is missing; write an IANA name, such as America/Chicago"},
		{"no such zone", "America/Chicago", "America/Riverside", "program.yaml line 7: time_zone is not a time zone; write an IANA name, such as America/Chicago"},
		{"the machine's zone", "America/Chicago", "Local", "program.yaml line 7: time_zone is not a time zone; write an IANA name, such as America/Chicago"},
		{"no such language", "[en, es]", "[en, es, klingon]", "program.yaml line 8: languages[#3] is not a language; write its code, such as en or es"},
		{"a language twice", "[en, es]", "[en, es, en]", "program.yaml line 8: languages[#3] is listed twice; leave one out"},
		{"a resource in another language", "language: es, verified", "language: fr, verified", "program.yaml line 13: resources[#2].language is not one of the program's languages; add it there, or leave it out for a line for all"},
		{"another default", "time_zone:", "default_language: fr\ntime_zone:", "program.yaml line 7: default_language is not one of the program's languages; add it there"},
		{"quiet almost all day", `to: "09:00"}`, `to: "19:00"}`, "program.yaml line 9: quiet_hours leave less than 4 hours a day to text in"},
		{"quiet for no time", `to: "09:00"}`, `to: "20:00"}`, "program.yaml line 9: quiet_hours begins and ends at the same time; give it a length"},
		{"office that ends first", `to: "17:00"`, `to: "08:00"`, "program.yaml line 10: office_hours must end after they begin, on the same day"},
		{"office without end", `, to: "17:00"`, ``, "program.yaml line 10: office_hours needs both from and to, or neither"},
		{"office on no day", "days: [mon,", "days: [monday,", "program.yaml line 10: office_hours.days[#1] is not a day; write mon, tue, wed, thu, fri, sat or sun"},
		{"office on a day twice", "days: [mon,", "days: [tue,", "program.yaml line 10: office_hours.days must have at least one day, and each once"},
		{"an empty contact", `contact: "call or text 988"`, `contact: " "`, "program.yaml line 12: resources[#1].contact is empty; give it a value"},
		{"a role that is none", "name: Sam Lee,    role: mediator", "name: Sam Lee,    role: boss", "program.yaml line 16: staff[sam].role is not a role of staff; write mediator, coordinator, auditor or administrator"},
		{"no role", "name: Sam Lee,    role: mediator", "name: Sam Lee", "program.yaml line 16: staff[sam].role is missing; write mediator, coordinator, auditor or administrator"},
		{"a mediator without phone", `, phone: "+13125550109"`, "", "program.yaml line 16: staff[sam].phone is missing; write it with its country code, such as +13125550100"},
		{"a shared phone", "+13125550109", "+13125550100", "program.yaml line 16: staff[sam].phone is another staff member's too; give each a phone of their own"},
		{"the program's phone", "+13125550109", "+13125550000", "program.yaml line 16: staff[sam].phone is the program's own number"},
		{"a key twice", "key: sam", "key: dana", "program.yaml line 16: staff[#2].key is used twice; give each a key of its own"},
		{"e-mail", "dana@example.org", "Dana Ortiz <dana@example.org>", "program.yaml line 15: staff[dana].email is not an e-mail address; write it as dana@example.org"},
		{"nobody", sample[strings.Index(sample, "staff:"):], "", "program.yaml: staff must have at least one mediator\nprogram.yaml: staff must have at least one coordinator"},
		{"no coordinator", "role: coordinator", "role: mediator", "program.yaml line 14: staff must have at least one coordinator"},
		{"WHO-5 without its texts", "staff:", "policy: {who5: true}\nstaff:", "program.yaml line 14: policy.who5 needs policy.flows, the program's own folder with the WHO's official item texts"},
		{"pace", "staff:", "policy: {texts_per_second: 0, retention_days: -1}\nstaff:", "program.yaml line 14: policy.retention_days must be from 0 to 36500\nprogram.yaml line 14: policy.texts_per_second must be from 0.01 to 100"},
		{"a fraction of a day", "staff:", "policy: {grace_days: 1.5}\nstaff:", "program.yaml line 14: policy.grace_days must be a whole number"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := intake.ParseProgram("program.yaml", strings.NewReader(c.apply(t, sample)))
			expect(t, err, c.want)
		})
	}
}

func TestAFileTooLarge(t *testing.T) {
	t.Parallel()
	_, err := intake.ParseCase("case.yaml", strings.NewReader(strings.Repeat("#", 1<<20+1)))
	expect(t, err, "case.yaml: the file is larger than 1 MiB; it is not a program or case file")
}
