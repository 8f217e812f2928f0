package emulator

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
)

// Transport reaches the account without a network: for the simulation, where a million requests pass. The address
// before Twilio's path doesn't matter. A lost answer is an error of io.ErrUnexpectedEOF, a connection refused one of
// dialling.
func (e *Emulator) Transport() http.RoundTripper { return accountTransport{e} }

type accountTransport struct{ emulator *Emulator }

func (t accountTransport) RoundTrip(asked *http.Request) (*http.Response, error) {
	if err := asked.Context().Err(); err != nil {
		return nil, err
	}
	request := served(asked)
	if i := strings.Index(request.URL.Path, apiPrefix); i > 0 {
		request.URL.Path = request.URL.Path[i:]
	}
	answer := t.emulator.handle(request)
	switch answer.answer {
	case NoConnection:
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	case Lost:
		return nil, io.ErrUnexpectedEOF
	case Silence:
		<-asked.Context().Done()
		return nil, asked.Context().Err()
	}
	if err := asked.Context().Err(); err != nil { // it was answered too late
		return nil, err
	}
	return response(asked, answer.status, answer.header, answer.body), nil
}

// InProcess is a transport that calls a handler: for webhooks without a network. A handler that panics has lost the
// connection.
func InProcess(h http.Handler) http.RoundTripper { return handlerTransport{h} }

type handlerTransport struct{ handler http.Handler }

func (t handlerTransport) RoundTrip(asked *http.Request) (answer *http.Response, err error) {
	if err := asked.Context().Err(); err != nil {
		return nil, err
	}
	defer func() {
		if broken := recover(); broken != nil {
			answer, err = nil, fmt.Errorf("connection lost: the handler panicked: %w", io.ErrUnexpectedEOF)
		}
	}()
	recorded := &recorder{header: http.Header{}}
	t.handler.ServeHTTP(recorded, served(asked))
	recorded.WriteHeader(http.StatusOK)
	return response(asked, recorded.status, recorded.header, recorded.body.Bytes()), nil
}

// served makes of a client's request what a server gets.
func served(asked *http.Request) *http.Request {
	request := asked.Clone(asked.Context())
	request.RequestURI, request.RemoteAddr = asked.URL.RequestURI(), "127.0.0.1:0"
	if request.Host == "" {
		request.Host = asked.URL.Host
	}
	if request.Body == nil {
		request.Body = http.NoBody
	}
	return request
}

func response(asked *http.Request, status int, header http.Header, body []byte) *http.Response {
	if header == nil {
		header = http.Header{}
	}
	return &http.Response{
		Status: fmt.Sprintf("%d %s", status, http.StatusText(status)), StatusCode: status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: header, Request: asked,
		Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)),
	}
}

// recorder keeps what a handler writes.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header { return r.header }

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
}

func (r *recorder) Write(p []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	return r.body.Write(p)
}
