package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"amends/store"
	"amends/store/seal"
)

type auditCommand struct {
	Verify auditVerifyCommand `cmd:"" help:"Find what was changed in the log, taken from it or put into it; or check a proof, without the database."`
	Prove  auditProveCommand  `cmd:"" help:"Write a file that proves a case's entries to somebody who has no access here."`
}

type auditVerifyCommand struct {
	File    string `arg:"" optional:"" help:"A proof to check. Without it, the log of this installation is."`
	Key     string `placeholder:"KEY" help:"Of a proof: the agency's public key (amends-audit+…) or its fingerprint (SHA256:…), as you have it from elsewhere."`
	Against string `placeholder:"FILE" help:"Of the log: a checkpoint that was kept elsewhere, or a proof, that the log must have grown from."`
}

// Help is the page's further text.
func (auditVerifyCommand) Help() string {
	return `Each minute the service seals what the log has grown by: a hash tree over all its entries, and a signed checkpoint of it. This reads the whole log and says which entries were changed, are missing or were inserted since they were sealed, and which checkpoints are forged. Entries of the last minute are not sealed yet.

The signing key is derived from the keyset. Who has the database and not the keyset can sign nothing; who has both could write the log anew, and an older copy of everything looks whole. Against that, keep the checkpoint that this prints with somebody else now and then, and give it to --against later.

With FILE, neither database nor keyset is needed. A proof shows that its entries stood, word for word, in the log that the checkpoint's key vouched for, and when. It does not show that they are all, nor that what they say is true. Which case they are of, and of which program, is sealed with the entry that opened it, and a file that says otherwise is found out. The key stands in the file for convenience: who did not get it, or its fingerprint, from the agency another way should compare them before relying on it.`
}

// Run runs the command.
func (c *auditVerifyCommand) Run(ctx context.Context, m *Main, flags settingsFlags) error {
	if c.File != "" {
		if c.Against != "" {
			return usagef("--against compares the log, and a proof is given: leave one of them out")
		}
		return c.proof(m)
	}
	if c.Key != "" {
		return usagef("--key is for a proof, and none is given; the log is checked with the keyset's own")
	}
	var against []string
	if c.Against != "" {
		note, err := m.readCheckpoint(c.Against)
		if err != nil {
			return err
		}
		against = append(against, note)
	}
	set, err := m.settings(flags)
	if err != nil {
		return err
	}
	return c.log(ctx, m, set, against)
}

// log checks the installation's log.
func (c *auditVerifyCommand) log(ctx context.Context, m *Main, set settings, against []string) (err error) {
	s, err := m.openStore(ctx, set, m.quietLog())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	bar, finish := m.progressBar("Reading the log")
	r, err := s.VerifyAudit(ctx, against, func(done, total int64) {
		if bar != nil {
			bar(int(done), int(total))
		}
	})
	finish()
	if err != nil {
		return err
	}
	if len(r.Faults) == 0 {
		fmt.Fprintf(m.Stdout, "The log is whole: sealed entries %d, checkpoints %d; not sealed yet %d.\n", r.Sealed, r.Checkpoints, r.Unsealed)
	}
	if r.Erased > 0 {
		fmt.Fprintf(m.Stdout, "Words were erased from %d of them, as later entries say.\n", r.Erased)
	}
	if r.LongestID != 0 {
		fmt.Fprintf(m.Stdout, "The longest that an entry waited for its seal is %s (entry %d).\n", r.Longest.Round(time.Second), r.LongestID)
	}
	fmt.Fprintf(m.Stdout, "Key:         %s\nFingerprint: %s\n", r.Key, seal.Fingerprint(r.Key))
	if r.Last != "" {
		fmt.Fprintf(m.Stdout, "The last checkpoint, to be kept elsewhere:\n\n%s", r.Last)
	}
	return faultsFound(r.Faults, r.More)
}

// proof checks a proof's file.
func (c *auditVerifyCommand) proof(m *Main) error {
	p, err := m.readProof(c.File)
	if err != nil {
		return err
	}
	key := p.Key
	switch {
	case c.Key == "":
	case strings.HasPrefix(c.Key, "SHA256:"):
		if c.Key != seal.Fingerprint(p.Key) {
			return fmt.Errorf("the proof was signed by another key than that of the fingerprint given: %s", seal.Fingerprint(p.Key))
		}
	default:
		key = c.Key
	}
	checkpoint, faults := p.Check(key)
	if len(faults) > 0 {
		return faultsFound(faults, 0)
	}
	fmt.Fprintf(m.Stdout, "The proof holds: entries %d, in a log of %d that was sealed at %s.\n", len(p.Entries), checkpoint.Size, checkpoint.At.Format(time.RFC3339))
	fmt.Fprintf(m.Stdout, "Case %s of program %s, as it was opened.\n", firstLine(p.Case), firstLine(p.Program))
	fmt.Fprintf(m.Stdout, "Key:         %s\nFingerprint: %s\n", key, seal.Fingerprint(key))
	if c.Key == "" {
		fmt.Fprintln(m.Stdout, "The key came with the file: compare its fingerprint with the one that the agency gave out another way (--key).")
	}
	fmt.Fprintln(m.Stdout)
	for _, e := range p.Entries {
		line := []string{time.UnixMilli(e.At).UTC().Format(time.RFC3339), e.Actor, e.Action, e.Subject, e.Why}
		if e.Said != nil {
			line = append(line, "“"+e.Said.Text+"”")
		}
		fmt.Fprintf(m.Stdout, "%d  %s\n", e.ID, printable(strings.Join(line, "  ")))
	}
	return nil
}

// printable is a text without what a terminal would obey, on one line.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return ' '
		}
		return r
	}, text)
}

// faultsFound tells what was found, a sentence a line.
func faultsFound(faults []string, more int64) error {
	var all []error
	for _, fault := range faults {
		all = append(all, errors.New(strings.TrimSuffix(fault, ".")))
	}
	if more > 0 {
		all = append(all, fmt.Errorf("… and %d more", more))
	}
	return errors.Join(all...)
}

// readProof reads a proof's file.
func (m *Main) readProof(file string) (seal.Proof, error) {
	name, content, err := m.readInput(file)
	if err != nil {
		return seal.Proof{}, err
	}
	data, err := io.ReadAll(content)
	if err != nil {
		return seal.Proof{}, fmt.Errorf("%s can't be read: %s", name, cause(err))
	}
	p, err := seal.Read(data)
	if err != nil {
		return p, fmt.Errorf("%s: %w", name, err)
	}
	return p, nil
}

// readCheckpoint reads a checkpoint, or the one in a proof.
func (m *Main) readCheckpoint(file string) (string, error) {
	name, content, err := m.readInput(file)
	if err != nil {
		return "", err
	}
	data, err := io.ReadAll(content)
	if err != nil {
		return "", fmt.Errorf("%s can't be read: %s", name, cause(err))
	}
	// What verify has printed may stand before it.
	if _, note, ok := strings.Cut("\n"+string(data), "\n"+seal.Origin+"\n"); ok {
		return seal.Origin + "\n" + note, nil
	}
	p, err := seal.Read(data)
	if err != nil {
		return "", fmt.Errorf("%s is neither a checkpoint nor a proof", name)
	}
	return p.Checkpoint, nil
}

type auditProveCommand struct {
	Case    string `required:"" placeholder:"REF" help:"The case's reference."`
	Program string `placeholder:"KEY" help:"The program, where the reference is in more than one."`
	Out     string `placeholder:"FILE" help:"The file to write; it must not be there yet. Default: standard output."`
	Words   bool   `help:"Disclose the words that belong to the entries too: consents as they were given, the reasons of decisions."`
}

// Help is the page's further text.
func (auditProveCommand) Help() string {
	return `Writes JSON: the case's entries in the log, for each the hashes that lead from it to the checkpoint, the checkpoint with its signature, the public key. Whoever gets it checks it with "amends audit verify FILE", which needs nothing of this installation, and compares the key's fingerprint with one that you gave out another way, on paper for instance.

The file names no person and no number, and bears no text, unless --words is given.`
}

// Run runs the command.
func (c *auditProveCommand) Run(ctx context.Context, m *Main, set settings) (err error) {
	in, err := m.open(ctx, set)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.close()) }()
	id, err := c.find(ctx, in.store)
	if err != nil {
		return err
	}
	// Up to now, unless a service does so at this moment.
	if _, err := in.store.SealAudit(ctx, in.now(), m.chance.NewID); err != nil {
		return err
	}
	proof, unsealed, err := in.store.ProveAudit(ctx, id, c.Words)
	if err != nil {
		return err
	}
	if unsealed > 0 {
		fmt.Fprintf(m.Stderr, "amends: entries of the case that are not sealed yet, and not in the proof: %d; run it again in a minute\n", unsealed)
	}
	if c.Out == "" {
		return proof.Write(m.Stdout)
	}
	file, err := os.OpenFile(c.Out, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("%s can't be written: %s", c.Out, cause(err))
	}
	if err := errors.Join(proof.Write(file), file.Close()); err != nil {
		return fmt.Errorf("%s can't be written: %s", c.Out, cause(err))
	}
	fmt.Fprintf(m.Stdout, "The proof of case %s is in %s: entries %d.\nKey:         %s\nFingerprint: %s\n",
		c.Case, c.Out, len(proof.Entries), proof.Key, seal.Fingerprint(proof.Key))
	return nil
}

// find is the case of that reference.
func (c *auditProveCommand) find(ctx context.Context, s *store.Store) (id int64, err error) {
	err = s.View(ctx, func(tx *store.Tx) error {
		cases, err := tx.CasesByReference(c.Case)
		if err != nil {
			return err
		}
		var found []store.Case
		for _, one := range cases {
			program, err := tx.GetProgram(one.ProgramID)
			if err != nil {
				return err
			}
			if c.Program == "" || c.Program == program.Key {
				found = append(found, one)
			}
		}
		switch len(found) {
		case 0:
			return store.NewError(store.NotFound, fmt.Sprintf("There is no case %q.", c.Case), nil)
		case 1:
			id = found[0].ID
			return nil
		}
		return store.NewError(store.Conflict, fmt.Sprintf("More than one program has a case %s: say which with --program.", c.Case), nil)
	})
	return id, err
}
