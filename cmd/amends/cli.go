package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// commandLine is the whole of what may be typed.
type commandLine struct {
	settingsFlags
	Version versionFlag `help:"Show the version and stop."`

	Demo       demoCommand       `cmd:"" group:"try" help:"Live through cases on phones in your browser. Needs no account, sends nothing anywhere."`
	Simulate   simulateCommand   `cmd:"" group:"try" help:"Live through many cases in virtual time, and check the laws that this program keeps."`
	Serve      serveCommand      `cmd:"" group:"run" help:"Run the service: webhooks, pages, scheduler."`
	Migrate    migrateCommand    `cmd:"" group:"run" help:"Bring the database's schema up to date. Serve does so too when it starts."`
	Doctor     doctorCommand     `cmd:"" group:"run" help:"Say in plain words what is wrong with this installation, if anything."`
	Backup     backupCommand     `cmd:"" group:"run" help:"Copy the embedded database while it is in use."`
	Keys       keysCommand       `cmd:"" group:"run" help:"The keys that names, numbers and texts are encrypted with."`
	Audit      auditCommand      `cmd:"" group:"run" help:"The sealed log: find tampering, prove a case's entries."`
	Program    programCommand    `cmd:"" group:"work" help:"Programs: the agencies that texts are sent for."`
	Case       caseCommand       `cmd:"" group:"work" help:"Cases: add, look at, close."`
	Staff      staffCommand      `cmd:"" group:"work" help:"Mediators and coordinators: who there is, who is away."`
	Import     importCommand     `cmd:"" group:"work" help:"Add many cases from a table."`
	Export     exportCommand     `cmd:"" group:"work" help:"Write a table of what is on record to standard output."`
	Erase      eraseCommand      `cmd:"" group:"work" help:"Erase a text or a person on request."`
	Flows      flowsCommand      `cmd:"" group:"words" help:"The conversations: check, draw, play them."`
	Understand understandCommand `cmd:"" group:"words" help:"Say what texts mean: one JSON object a line in, one out."`
}

const description = "Amends follows up victim-offender mediation by text message: it asks, reminds, keeps count of what was " +
	"agreed, and calls a person where one is needed.\n\nNew here? Run \"amends demo\" and open the address it prints."

var groups = []kong.Group{
	{Key: "try", Title: "To try it:"},
	{Key: "run", Title: "To run it:"},
	{Key: "work", Title: "Programs and cases:"},
	{Key: "words", Title: "Conversations and words:"},
	{Key: "settings", Title: "Settings, each also a variable of the environment:"},
}

// exited is thrown by kong where it has printed a page of help, and caught in run.
type exited struct{}

type versionFlag bool

// BeforeReset prints the version before anything else is looked at.
func (versionFlag) BeforeReset(app *kong.Kong) error {
	fmt.Fprintln(app.Stdout, "amends "+version())
	app.Exit(0)
	return nil
}

// IgnoreDefault lets the flag stand alone.
func (versionFlag) IgnoreDefault() {}

// version is the module's, or the revision that it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			return "built from revision " + setting.Value
		}
	}
	return "built from source"
}

func (m *Main) run(ctx context.Context, args []string) (err error) {
	defer func() {
		if thrown := recover(); thrown != nil {
			if _, ok := thrown.(exited); !ok {
				panic(thrown)
			}
			if err = nil; len(args) == 0 {
				err = usageError{silentError{}}
			}
		}
	}()
	var line commandLine
	words, help := spread(args), m.Stdout
	if len(args) == 0 {
		words, help = []string{"--help"}, m.Stderr
	}
	app, err := kong.New(&line,
		kong.Name("amends"),
		kong.Description(description),
		kong.ExplicitGroups(groups),
		kong.Writers(help, m.Stderr),
		kong.Exit(func(int) { panic(exited{}) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true, NoExpandSubcommands: true, WrapUpperBound: 110}),
		kong.ValueFormatter(helpWithEnv),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(m),
	)
	if err != nil {
		return fmt.Errorf("the command line's own description is broken: %w", err)
	}
	parsed, err := app.Parse(words)
	if err != nil {
		return usageError{errors.New(sentence(err) + seeHelp(err))}
	}
	// Only a command that asks for the settings meets what is wrong with them.
	if err := parsed.BindToProvider(func() (settings, error) { return m.settings(line.settingsFlags) }); err != nil {
		return err
	}
	parsed.Bind(line.settingsFlags)
	return parsed.Run()
}

// spread gives each file after --case or --program a flag of its own: --case a.yaml b.yaml.
func spread(args []string) []string {
	if len(args) == 0 || !slices.Contains(args, "demo") {
		return args
	}
	var spread []string
	flag := ""
	for _, arg := range args {
		switch {
		case arg == "--case" || arg == "--program":
			flag = arg
			spread = append(spread, arg)
			continue
		case strings.HasPrefix(arg, "-") && arg != "-":
			flag = ""
		case flag != "" && spread[len(spread)-1] != flag:
			spread = append(spread, flag)
		}
		spread = append(spread, arg)
	}
	return spread
}

// password is what may stand in an address, which somebody may have put where it doesn't belong.
var password = regexp.MustCompile(`://[^/\s]*@`)

// sentence puts kong's message in order for a person.
func sentence(err error) string {
	text := password.ReplaceAllString(err.Error(), "://…@")
	if names, ok := strings.CutPrefix(text, "expected one of "); ok {
		return "a command is missing: one of " + names
	}
	if name, ok := strings.CutPrefix(text, "expected "); ok {
		return "missing: " + name
	}
	return text
}

func seeHelp(err error) string {
	command := "amends"
	var parse *kong.ParseError
	if errors.As(err, &parse) && parse.Context != nil && parse.Context.Selected() != nil {
		command = parse.Context.Selected().FullPath()
		command, _, _ = strings.Cut(command, " <")
	}
	return fmt.Sprintf("; see \"%s --help\"", command)
}
