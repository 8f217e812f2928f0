package emulator_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"amends/bot/emulator"
	"amends/bot/twilio"

	"github.com/google/go-cmp/cmp"
)

// request makes a bare request to the API and gives what it answered.
func (w *world) request(method, path string, form url.Values) (int, map[string]any) {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.server.URL+"/emulator"+path, strings.NewReader(form.Encode()))
	if err != nil {
		w.t.Fatal(err)
	}
	r.SetBasicAuth(account, token)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	var decoded map[string]any
	if len(body) > 0 {
		if err := json.Unmarshal(body, &decoded); err != nil {
			w.t.Fatalf("%s: %v", body, err)
		}
	}
	return answer.StatusCode, decoded
}

const messagesPath = "/2010-04-01/Accounts/" + account + "/Messages"

func TestAResourceAsDocumented(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	status, got := w.request("POST", messagesPath+".json", url.Values{"To": {"(312) 555-0101"}, "From": {program}, "Body": {"hi €"}})
	sid, _ := got["sid"].(string)
	want := map[string]any{
		"account_sid": account, "api_version": "2010-04-01", "body": "hi €", "date_created": "Mon, 02 Mar 2026 15:00:00 +0000",
		"date_sent": nil, "date_updated": "Mon, 02 Mar 2026 15:00:00 +0000", "direction": "outbound-api", "error_code": nil,
		"error_message": nil, "from": program, "messaging_service_sid": nil, "num_media": "0", "num_segments": "1", "price": nil,
		"price_unit": "USD", "sid": sid, "status": "queued", "to": victim, "uri": messagesPath + "/" + sid + ".json",
		"subresource_uris": map[string]any{"media": messagesPath + "/" + sid + "/Media.json"},
	}
	if diff := cmp.Diff(want, got); status != 201 || diff != "" {
		t.Errorf("%d %s", status, diff)
	}
	status, got = w.request("POST", messagesPath+".json", url.Values{"From": {program}, "Body": {"hi"}})
	want = map[string]any{"code": 21604., "message": "A 'To' phone number is required.", "status": 400.,
		"more_info": "https://www.twilio.com/docs/errors/21604"}
	if diff := cmp.Diff(want, got); status != 400 || diff != "" {
		t.Errorf("%d %s", status, diff)
	}
}

func TestRedactCancelDelete(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one := messagesPath + "/" + w.send("secret").SID + ".json"
	two := messagesPath + "/" + w.send("never mind").SID + ".json"
	for _, step := range []struct {
		method, path string
		form         url.Values
		status, code int
	}{
		{"POST", one, url.Values{}, 400, 30400},
		{"POST", one, url.Values{"Body": {"other words"}}, 400, 30400},
		{"POST", one, url.Values{"Status": {"sent"}}, 400, 30400},
		{"DELETE", one, nil, 409, 20009},
		{"POST", one, url.Values{"Body": {""}}, 200, 0},
		{"POST", two, url.Values{"Status": {"canceled"}}, 200, 0},
		{"POST", two, url.Values{"Status": {"canceled"}}, 400, 30409},
		{"DELETE", two, nil, 204, 0},
		{"GET", two, nil, 404, 20404},
		{"DELETE", two, nil, 404, 20404},
		{"GET", messagesPath + "/SMnone.json", nil, 404, 20404},
		{"PUT", one, nil, 405, 20004},
		{"POST", "/2010-04-01/Accounts/" + account + ".json", nil, 405, 20004},
		{"GET", "/2010-04-01/Accounts/AC2/Messages.json", nil, 404, 20404},
		{"GET", "/2010-04-01/Accounts/" + account + "/Calls.json", nil, 404, 20404},
		{"GET", "/", nil, 404, 20404},
	} {
		status, got := w.request(step.method, step.path, step.form)
		code, _ := got["code"].(float64)
		if status != step.status || int(code) != step.code {
			t.Errorf("%s %s %v: %d, %v", step.method, step.path, step.form, status, got)
		}
	}
	w.pass(time.Minute)
	record, err := w.client.Fetch(t.Context(), strings.TrimSuffix(one[len(messagesPath)+1:], ".json"))
	if err != nil || record.Body != "" || record.Status != twilio.StateDelivered {
		t.Errorf("%+v %v", record, err)
	}
	if diff := cmp.Diff("< secret (delivered)\n< never mind (canceled)\n", w.thread()); diff != "" {
		t.Error(diff)
	}
	if n := w.found(); n != 1 {
		t.Errorf("found %d", n)
	}
	if _, err := w.client.Fetch(t.Context(), "../../x"); err == nil {
		t.Error("no SID, but asked for")
	}
}

func TestFindReadsEveryPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const texts = 250
	for i := range texts {
		w.send(fmt.Sprint("text ", i))
		other := w.text("to somebody else")
		other.To = "+13125550102"
		if _, err := w.client.Send(t.Context(), other); err != nil {
			t.Fatal(err)
		}
		w.write(fmt.Sprint("answer ", i))
		w.clock.add(time.Second)
	}
	found, err := w.client.Find(t.Context(), query())
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for i := range texts {
		want = append(want, fmt.Sprint("text ", texts-1-i))
	}
	for _, record := range found {
		got = append(got, record.Body)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	asked := 0
	w.emulator.SetFaults(emulator.Faults{Script: func(emulator.Request) emulator.Fault { asked++; return emulator.Fault{} }})
	recent := query()
	recent.Since = start.Add(texts*time.Second - 10*time.Second)
	if found, err = w.client.Find(t.Context(), recent); err != nil || len(found) != 10 || asked > 2 {
		t.Errorf("%d found, %v, in %d pages: it stops at a page that is older", len(found), err, asked)
	}
	w.emulator.SetFaults(emulator.Faults{Script: func(r emulator.Request) emulator.Fault {
		return emulator.Fault{Status: 500 * (r.Count / 6)} // the first page of the look-up goes well, the next doesn't
	}})
	if found, err := w.client.Find(t.Context(), query()); err == nil {
		t.Errorf("half a list is no list: %d found", len(found))
	}
	w.emulator.SetFaults(emulator.Faults{})
	if _, err := w.client.Find(t.Context(), twilio.Query{From: program}); err == nil {
		t.Error("a look-up without a recipient would read the whole account")
	}
}

func TestListFiltersAndPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 5 { // one text a day, 2 to 6 March, each sent a second later
		w.send("hello")
		w.pass(24 * time.Hour)
	}
	w.send("not yet sent")
	days := func(query string) (all []string) {
		t.Helper()
		path := messagesPath + ".json?" + query
		for path != "" {
			status, page := w.request("GET", path, nil)
			if status != 200 {
				t.Fatalf("%s: %d %v", path, status, page)
			}
			for _, m := range page["messages"].([]any) {
				created, _ := m.(map[string]any)["date_created"].(string)
				all = append(all, created[5:7])
			}
			path, _ = page["next_page_uri"].(string)
		}
		return all
	}
	for query, want := range map[string][]string{
		"":                       {"07", "06", "05", "04", "03", "02"},
		"PageSize=2":             {"07", "06", "05", "04", "03", "02"},
		"PageSize=2&Page=1":      {"05", "04", "03", "02"},
		"PageSize=5":             {"07", "06", "05", "04", "03", "02"},
		"PageSize=6":             {"07", "06", "05", "04", "03", "02"},
		"DateSent=2026-03-04":    {"04"},
		"DateSent%3E=2026-03-05": {"06", "05"},
		"DateSent>=2026-03-05&DateSent<=2026-03-05": {"05"},
		"DateSent%3C=2026-03-03&PageSize=1":         {"03", "02"},
		"DateSent>=2026-03-05T15:00:01Z":            {"06", "05"},
		"DateSent>=2026-03-05T15:00:02Z":            {"06"},
		"To=%2B13125550101&PageSize=3":              {"07", "06", "05", "04", "03", "02"},
		"To=%2B13125550109":                         nil,
		"From=%2B13125550000&DateSent=2026-03-03":   {"03"},
		"To=%2B13125550101&From=%2B13125559999":     nil,
	} {
		if diff := cmp.Diff(want, days(query)); diff != "" {
			t.Errorf("%s: %s", query, diff)
		}
	}
	if status, _ := w.request("GET", messagesPath+".json?DateSent=yesterday", nil); status != 400 {
		t.Errorf("a day that is none: %d", status)
	}
	_, page := w.request("GET", messagesPath+".json?PageSize=2", nil)
	w.send("in between")
	_, next := w.request("GET", page["next_page_uri"].(string), nil)
	got := []any{page["page"], page["start"], page["end"], page["page_size"], page["previous_page_uri"], next["page"], next["start"], next["end"]}
	if diff := cmp.Diff([]any{0., 0., 1., 2., nil, 1., 2., 3.}, got); diff != "" {
		t.Error(diff)
	}
	first, second := page["messages"].([]any), next["messages"].([]any)
	if first[1].(map[string]any)["sid"] == second[0].(map[string]any)["sid"] {
		t.Error("what is sent in between moves the pages")
	}
}
