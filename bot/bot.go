package bot

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"amends/bot/understand"
	"amends/flows"
	"amends/store"
	"amends/templates"
)

// Config is what a Bot is made of.
type Config struct {
	Store  *store.Store
	Book   *templates.Book
	Flows  *flows.Catalogue
	Reader *understand.Reader
	// Now is the one clock.
	Now func() time.Time
	// NewID makes an identifier that nobody can guess: messages and events bear them.
	NewID func() string
	// PublicURL is where people reach the pages: alerts link there.
	PublicURL string
	Log       *slog.Logger
	// Words, where given, stands for [Words]: who makes many bots of one folder reads it once.
	Words func(folder string) (*flows.Catalogue, *templates.Book, error)
	// Stepped, where given, is told of each step of a text that is on record: text.received, text.queued, text.sent …
	Stepped func(action string)
}

// Bot does to a case what a text, a due date or a staff member's word does to it. It is safe for
// concurrent use; all it remembers stands in the store.
type Bot struct {
	Config
	programs sync.Map // program id → *program, as of its ChangedAt
}

// New makes a Bot.
func New(c Config) *Bot {
	if c.Words == nil {
		c.Words = Words
	}
	return &Bot{Config: c}
}

// handle runs one event's turn in one transaction. What do does must bear being run again: a
// transaction that the database gives up is begun anew.
func (b *Bot) handle(ctx context.Context, actor string, do func(*turn) error) error {
	var done *turn
	err := b.Store.Update(ctx, func(tx *store.Tx) error {
		t := &turn{b: b, tx: tx, ctx: ctx, now: b.Now().UTC(), event: b.NewID(), actor: actor, matters: map[int64]*matter{}}
		done = t
		if err := do(t); err != nil {
			return err
		}
		return t.finish()
	})
	if err == nil {
		for _, s := range done.steps {
			b.Log.InfoContext(ctx, s.action, "event", s.event, "message", s.message, "why", s.why)
			if b.Stepped != nil {
				b.Stepped(s.action)
			}
		}
	}
	return err
}
