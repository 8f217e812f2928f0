package desk

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// bell wakes all who listen; several rings may wake a listener once.
type bell struct {
	mu        sync.Mutex
	listeners map[chan struct{}]bool
}

func (b *bell) listen() (rung <-chan struct{}, stop func()) {
	ear := make(chan struct{}, 1)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.listeners == nil {
		b.listeners = map[chan struct{}]bool{}
	}
	b.listeners[ear] = true
	return ear, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.listeners, ear)
	}
}

func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for ear := range b.listeners {
		select {
		case ear <- struct{}{}:
		default: // it has not heard the last ring yet
		}
	}
}

// events is a stream of server-sent events: "change", with the time in its data, once at the start and then whenever a
// thread has changed or the clock was moved. What has changed is for the listener to fetch.
func (d *desk) events(w http.ResponseWriter, r *http.Request) {
	texts, stopTexts := d.Emulator.Subscribe()
	defer stopTexts()
	moved, stopMoved := d.moved.listen()
	defer stopMoved()
	w.Header().Set("Content-Type", "text/event-stream")
	stream := http.NewResponseController(w)
	_ = stream.SetWriteDeadline(time.Time{}) // it is meant to last; a server that has no deadlines needs none lifted
	for {
		data, err := json.Marshal(map[string]time.Time{"now": d.now()})
		if err != nil {
			return
		}
		if _, err := fmt.Fprintf(w, "event: change\ndata: %s\n\n", data); err != nil {
			return
		}
		if err := stream.Flush(); err != nil {
			return
		}
		select {
		case <-texts:
		case <-moved:
		case <-r.Context().Done():
			return
		case <-d.Done:
			return
		}
	}
}
