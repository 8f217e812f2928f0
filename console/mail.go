package console

import (
	"bytes"
	"context"
	"fmt"
	"text/template"
	"time"

	"amends/templates"

	"github.com/wneessen/go-mail"
)

// mailTimeout bounds the sending of one e-mail.
const mailTimeout = 20 * time.Second

// Mail is the server that takes our e-mails.
type Mail struct {
	Host               string
	Port               int    // 0 for 587
	Username, Password string // none for a server that asks for none
	From               string // "Amends <amends@example.org>"
	Plain              bool   // without TLS, for a server on the same machine
}

// letter is what an e-mail is written from.
type letter struct {
	Program string
	Link    string
	Hours   int
}

// send writes an e-mail of a kind, in a language, and hands it to the server.
func (k *console) send(ctx context.Context, to, language, kind string, l letter) error {
	if k.Mail == nil {
		return fmt.Errorf("no e-mail server is set up")
	}
	subject, body, err := writeLetter(language, kind, l)
	if err != nil {
		return err
	}
	m := mail.NewMsg()
	if err := m.From(k.Mail.From); err != nil {
		return fmt.Errorf("the address that e-mails are from is none")
	}
	if err := m.To(to); err != nil {
		return fmt.Errorf("the address is none") // the cause would quote it
	}
	m.Subject(subject)
	m.SetDateWithValue(k.Wall())
	id, err := k.token()
	if err != nil {
		return err
	}
	m.SetMessageIDWithValue(id + "@amends")
	m.SetBodyString(mail.TypeTextPlain, body)
	options := []mail.Option{mail.WithTimeout(mailTimeout), mail.WithTLSPortPolicy(mail.TLSMandatory)}
	if k.Mail.Plain {
		options = []mail.Option{mail.WithTimeout(mailTimeout), mail.WithTLSPolicy(mail.NoTLS)}
	}
	if k.Mail.Port != 0 {
		options = append(options, mail.WithPort(k.Mail.Port))
	}
	if k.Mail.Username != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(k.Mail.Username), mail.WithPassword(k.Mail.Password))
	}
	client, err := mail.NewClient(k.Mail.Host, options...)
	if err != nil {
		return fmt.Errorf("the e-mail server's settings are wrong: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, mailTimeout)
	defer cancel()
	k.sending <- struct{}{}
	defer func() { <-k.sending }()
	if err := client.DialAndSendWithContext(ctx, m); err != nil {
		return fmt.Errorf("the e-mail server did not take it (%T)", err) // its words may quote the address
	}
	return nil
}

// writeLetter fills in a letter: its first line is the subject.
func writeLetter(language, kind string, l letter) (subject, body string, err error) {
	source, err := templates.Letter(language, kind)
	if err != nil {
		return "", "", err
	}
	form, err := template.New(kind).Option("missingkey=error").Parse(source)
	if err != nil {
		return "", "", err
	}
	var text bytes.Buffer
	if err := form.Execute(&text, l); err != nil {
		return "", "", err
	}
	first, rest, _ := bytes.Cut(text.Bytes(), []byte("\n"))
	return string(bytes.TrimSpace(first)), string(bytes.TrimLeft(rest, "\n")), nil
}
