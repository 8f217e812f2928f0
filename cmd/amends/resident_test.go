package main_test

import (
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"amends/store/storetest"
)

// BenchmarkResident has a service take a storm of texts, each twice, over 64 connections, and says how much of
// it was in memory: when it had just begun, at most, and when all was answered. Once is enough: -benchtime 1x.
func BenchmarkResident(b *testing.B) {
	const phones, each = 500, 10
	for _, dialect := range storetest.Dialects() {
		b.Run(dialect, func(b *testing.B) {
			for b.Loop() {
				database := ""
				if dialect == "postgres" {
					database = storetest.New(b, dialect).URL
				}
				s := newSiegeAt(b, database, real)
				p := s.start()
				begun := resident(b, p, "VmRSS")
				s.fill(phones / 2)
				var posts []post
				for phone, written := range s.written {
					for range each {
						n := written.Add(1)
						posts = append(posts, post{"/twilio/inbound", url.Values{"AccountSid": {accountSID},
							"MessageSid": {fmt.Sprintf("SM%s%021d", strings.TrimPrefix(phone, "+"), n)}, "SmsStatus": {"received"},
							"From": {phone}, "To": {riverside}, "Body": {"balance"}, "NumSegments": {"1"}, "NumMedia": {"0"}}})
					}
				}
				from := time.Now()
				s.storm(posts)
				b.ReportMetric(float64(2*len(posts))/time.Since(from).Seconds(), "requests/s")
				s.settled()
				b.ReportMetric(begun, "MiB-begun")
				b.ReportMetric(resident(b, p, "VmRSS"), "MiB-after")
				b.ReportMetric(resident(b, p, "VmHWM"), "MiB-most")
			}
		})
	}
}

// resident is how many MiB of a process the system says are in memory, file and all.
func resident(b *testing.B, p *process, name string) float64 {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.command.Process.Pid))
	if err != nil {
		b.Skipf("only Linux tells: %v", err)
	}
	_, rest, _ := strings.Cut(string(status), name+":")
	kilobytes, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
	if err != nil {
		b.Fatal(err)
	}
	return kilobytes / 1024
}
