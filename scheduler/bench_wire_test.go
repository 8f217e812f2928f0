package scheduler_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// wire stands between a store and its PostgreSQL and listens in: which statements an event takes is
// neither guessed nor written down a second time.
type wire struct {
	listener net.Listener
	target   string

	mu        sync.Mutex
	listening bool
	heard     []statement
}

// statement is one that was executed, its arguments in the text that PostgreSQL reads; "NULL" for none.
type statement struct {
	text     string
	args     []string
	returned [][]string // its rows
}

// tap gives the address of a PostgreSQL as one that goes by way of a wire.
func tap(t testing.TB, address string) (*wire, string) {
	t.Helper()
	u, err := url.Parse(address)
	must(t, err)
	query := u.Query()
	w := &wire{target: query.Get("host")}
	network := "unix"
	if w.target == "" {
		network, w.target = "tcp", u.Host
		if u.Port() == "" {
			w.target = net.JoinHostPort(u.Hostname(), "5432")
		}
	} else {
		w.target = filepath.Join(w.target, ".s.PGSQL.5432")
	}
	w.listener, err = net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { _ = w.listener.Close() })
	go func() {
		for {
			near, err := w.listener.Accept()
			if err != nil {
				return
			}
			go w.join(t.Context(), near, network)
		}
	}()
	query.Del("host")
	query.Set("sslmode", "disable")
	u.Host, u.RawQuery = w.listener.Addr().String(), query.Encode()
	return w, u.String()
}

// during is what was executed while do ran.
func (w *wire) during(do func()) []statement {
	w.mu.Lock()
	w.listening, w.heard = true, nil
	w.mu.Unlock()
	do()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.listening = false
	return w.heard
}

// talk is one connection: what was prepared and bound in it, and what is being answered.
type talk struct {
	mu       sync.Mutex
	prepared map[string]string
	bound    statement
	running  []int // positions in what was heard, that wait for their end
}

func (w *wire) join(ctx context.Context, near net.Conn, network string) {
	far, err := (&net.Dialer{}).DialContext(ctx, network, w.target)
	if err != nil {
		_ = near.Close()
		return
	}
	c := &talk{prepared: map[string]string{}}
	var both sync.WaitGroup
	both.Go(func() { w.copy(far, near, true, func(kind byte, body []byte) { w.asked(c, kind, body) }) })
	both.Go(func() { w.copy(near, far, false, func(kind byte, body []byte) { w.answered(c, kind, body) }) })
	both.Wait()
}

// copy passes messages on, each once it was looked at. The first of a client has no kind.
func (w *wire) copy(to, from net.Conn, bare bool, look func(kind byte, body []byte)) {
	defer func() { _, _ = to.Close(), from.Close() }()
	var all bytes.Buffer
	for {
		all.Reset()
		head := 5
		if bare {
			head = 4
		}
		if _, err := io.CopyN(&all, from, int64(head)); err != nil {
			return
		}
		length := int(binary.BigEndian.Uint32(all.Bytes()[head-4:]))
		if _, err := io.CopyN(&all, from, int64(length-4)); err != nil {
			return
		}
		if !bare {
			look(all.Bytes()[0], all.Bytes()[5:])
		}
		bare = false
		if _, err := to.Write(all.Bytes()); err != nil {
			return
		}
	}
}

// asked looks at a message of the client's.
func (w *wire) asked(c *talk, kind byte, body []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch kind {
	case 'Q':
		text, _ := word(body)
		w.hear(c, statement{text: text})
	case 'P':
		name, rest := word(body)
		c.prepared[name], _ = word(rest)
	case 'B':
		_, rest := word(body) // of the portal
		name, rest := word(rest)
		c.bound = statement{text: c.prepared[name]}
		formats := int(binary.BigEndian.Uint16(rest))
		rest = rest[2+2*formats:]
		n := int(binary.BigEndian.Uint16(rest))
		rest = rest[2:]
		for range n {
			var arg string
			arg, rest = value(rest)
			c.bound.args = append(c.bound.args, arg)
		}
	case 'E':
		w.hear(c, c.bound)
	}
}

func (w *wire) hear(c *talk, s statement) {
	w.mu.Lock()
	defer w.mu.Unlock()
	at := -1
	if w.listening && !strings.Contains(s.text, "pg_notify") { // which is no part of an event
		at = len(w.heard)
		w.heard = append(w.heard, s)
	}
	c.running = append(c.running, at)
}

// answered looks at a message of the server's.
func (w *wire) answered(c *talk, kind byte, body []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.running) == 0 {
		return
	}
	switch kind {
	case 'D':
		n := int(binary.BigEndian.Uint16(body))
		row, rest := make([]string, n), body[2:]
		for i := range row {
			row[i], rest = value(rest)
			if len(row[i]) == 8 && row[i][0] == 0 { // the driver asks for numbers as they are
				row[i] = fmt.Sprint(binary.BigEndian.Uint64([]byte(row[i])))
			}
		}
		w.mu.Lock()
		if at := c.running[0]; at >= 0 && at < len(w.heard) {
			w.heard[at].returned = append(w.heard[at].returned, row)
		}
		w.mu.Unlock()
	case 'C', 'I', 'E': // done, empty, failed
		c.running = c.running[1:]
	}
}

// word is a string that ends with a zero.
func word(b []byte) (string, []byte) {
	text, rest, _ := bytes.Cut(b, []byte{0})
	return string(text), rest
}

// value is one with its length before it.
func value(b []byte) (string, []byte) {
	n := int32(binary.BigEndian.Uint32(b))
	if n < 0 {
		return "NULL", b[4:]
	}
	return string(b[4 : 4+n]), b[4+n:]
}

func (s statement) String() string {
	return fmt.Sprintf("%s %q → %d rows", strings.Join(strings.Fields(s.text), " "), s.args, len(s.returned))
}
