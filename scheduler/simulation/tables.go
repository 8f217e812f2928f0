package simulation

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// tables are what stands in the database, as it stands there: read by the checks' own statements.
type tables struct {
	messages    []messageRow
	parties     []partyRow
	cases       []caseRow
	commitments []commitmentRow
	ledger      []ledgerRow
	sessions    []sessionRow
	escalations []escalationRow
	audit       []auditRow
}

type messageRow struct {
	id, direction, class, template, status, why, sid, event, reference, party, zone string
	lineID, staffID, sessionID, escalationID, attempts                              int64
	houses                                                                          int // programs that its row, case, line and staff member are of
	queuedAt, triedAt                                                               int64
	day                                                                             string
}

type partyRow struct {
	id, caseID, lineID      int64
	reference, key, consent string
	optedOutAt              int64
}

type caseRow struct {
	id                              int64
	program, reference, status      string
	openedAt, completedAt, closedAt int64
	erasedAt                        int64
	kept                            int // of its sealed texts and names, how many are not as long as one that was erased
}

type commitmentRow struct {
	id, caseID                       int64
	reference, key, kind, by, status string
	due, settledOn                   string
}

type ledgerRow struct {
	id, commitmentID, ofID, cents, recordedAt int64
	entry, on, by, currency                   string
}

type sessionRow struct {
	id, partyID, lineID        int64
	flow, status, outcome      string
	wantedAt, askedAt, endedAt int64
}

type escalationRow struct {
	id, caseID, code, level                      int64
	reference, reason, severity, subject, status string
	openedAt, acknowledgedAt, resolvedAt         int64
}

type auditRow struct {
	id, at, caseID, partyID            int64
	actor, action, subject, why, event string
}

// readTables reads a world's database once nobody has it open.
func readTables(ctx context.Context, file string) (t *tables, err error) {
	db, err := sql.Open("sqlite", "file:"+file+"?mode=ro")
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }()
	t = &tables{}
	for _, read := range []func(context.Context, *sql.DB) error{t.readMessages, t.readParties, t.readCases, t.readLedger, t.readSessions, t.readEscalations} {
		if err := read(ctx, db); err != nil {
			return nil, fmt.Errorf("reading the tables: %w", err)
		}
	}
	t.audit, err = readAudit(ctx, db, 0)
	return t, err
}

// each reads the rows of a query.
func each(ctx context.Context, db *sql.DB, query string, row func(scan func(...any) error) error, args ...any) error {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (t *tables) readMessages(ctx context.Context, db *sql.DB) error {
	return each(ctx, db, `
		SELECT m.id, m.direction, m.class, m.template, m.status, m.why, COALESCE(m.sid, ''), m.event, COALESCE(c.reference, ''),
			COALESCE(p.key, ''), COALESCE(p.zone, ''), COALESCE(m.line_id, 0), COALESCE(m.staff_id, 0), COALESCE(m.session_id, 0),
			COALESCE(m.escalation_id, 0), m.attempts, m.queued_at, COALESCE(m.tried_at, 0), COALESCE(m.day, ''),
			(SELECT COUNT(*) FROM programs g
				WHERE g.id IN (m.program_id, COALESCE(c.program_id, 0),
					COALESCE((SELECT l.program_id FROM lines l WHERE l.id = m.line_id), 0),
					COALESCE((SELECT f.program_id FROM staff f WHERE f.id = m.staff_id), 0)))
		FROM messages m
		LEFT JOIN cases c ON c.id = m.case_id
		LEFT JOIN parties p ON p.id = m.party_id
		ORDER BY m.seq`, func(scan func(...any) error) error {
		var r messageRow
		err := scan(&r.id, &r.direction, &r.class, &r.template, &r.status, &r.why, &r.sid, &r.event, &r.reference, &r.party, &r.zone,
			&r.lineID, &r.staffID, &r.sessionID, &r.escalationID, &r.attempts, &r.queuedAt, &r.triedAt, &r.day, &r.houses)
		t.messages = append(t.messages, r)
		return err
	})
}

func (t *tables) readParties(ctx context.Context, db *sql.DB) error {
	return each(ctx, db, `
		SELECT p.id, p.case_id, p.line_id, c.reference, p.key, p.consent, COALESCE(l.opted_out_at, 0)
		FROM parties p
		JOIN cases c ON c.id = p.case_id
		JOIN lines l ON l.id = p.line_id
		ORDER BY p.id`, func(scan func(...any) error) error {
		var r partyRow
		err := scan(&r.id, &r.caseID, &r.lineID, &r.reference, &r.key, &r.consent, &r.optedOutAt)
		t.parties = append(t.parties, r)
		return err
	})
}

func (t *tables) readCases(ctx context.Context, db *sql.DB) error {
	err := each(ctx, db, `
		SELECT c.id, g.key, c.reference, c.status, c.opened_at, COALESCE(c.completed_at, 0), COALESCE(c.closed_at, 0), COALESCE(c.erased_at, 0),
			(SELECT COUNT(*) FROM messages m WHERE m.case_id = c.id AND LENGTH(m.body) <> e.size)
				+ (SELECT COUNT(*) FROM parties p WHERE p.case_id = c.id AND LENGTH(p.name) <> e.size)
		FROM cases c
		LEFT JOIN (SELECT c.id, MIN(LENGTH(p.name)) AS size FROM cases c JOIN parties p ON p.case_id = c.id GROUP BY c.id) e ON e.id = c.id
		JOIN programs g ON g.id = c.program_id
		ORDER BY c.id`, func(scan func(...any) error) error {
		var r caseRow
		err := scan(&r.id, &r.program, &r.reference, &r.status, &r.openedAt, &r.completedAt, &r.closedAt, &r.erasedAt, &r.kept)
		t.cases = append(t.cases, r)
		return err
	})
	if err != nil {
		return err
	}
	return each(ctx, db, `
		SELECT k.id, k.case_id, c.reference, k.key, k.kind, p.key, k.status, COALESCE(k.due, ''), COALESCE(k.settled_on, '')
		FROM commitments k
		JOIN cases c ON c.id = k.case_id
		JOIN parties p ON p.id = k.by_id
		ORDER BY k.id`, func(scan func(...any) error) error {
		var r commitmentRow
		err := scan(&r.id, &r.caseID, &r.reference, &r.key, &r.kind, &r.by, &r.status, &r.due, &r.settledOn)
		t.commitments = append(t.commitments, r)
		return err
	})
}

func (t *tables) readLedger(ctx context.Context, db *sql.DB) (err error) {
	t.ledger, err = readLedger(ctx, db, 0)
	return err
}

// readLedger reads the entries after one.
func readLedger(ctx context.Context, db *sql.DB, after int64) (list []ledgerRow, err error) {
	err = each(ctx, db, `
		SELECT id, commitment_id, COALESCE(of_id, 0), amount_cents, recorded_at, entry, effective_on, by_whom, currency
		FROM ledger
		WHERE id > ?
		ORDER BY id`, func(scan func(...any) error) error {
		var r ledgerRow
		err := scan(&r.id, &r.commitmentID, &r.ofID, &r.cents, &r.recordedAt, &r.entry, &r.on, &r.by, &r.currency)
		list = append(list, r)
		return err
	}, after)
	return list, err
}

func (t *tables) readSessions(ctx context.Context, db *sql.DB) error {
	return each(ctx, db, `
		SELECT id, party_id, line_id, flow, status, outcome, wanted_at, COALESCE(asked_at, 0), COALESCE(ended_at, 0)
		FROM sessions
		ORDER BY id`, func(scan func(...any) error) error {
		var r sessionRow
		err := scan(&r.id, &r.partyID, &r.lineID, &r.flow, &r.status, &r.outcome, &r.wantedAt, &r.askedAt, &r.endedAt)
		t.sessions = append(t.sessions, r)
		return err
	})
}

func (t *tables) readEscalations(ctx context.Context, db *sql.DB) error {
	return each(ctx, db, `
		SELECT e.id, e.case_id, e.code, e.level, c.reference, e.reason, e.severity, e.subject, e.status, e.opened_at,
			COALESCE(e.acknowledged_at, 0), COALESCE(e.resolved_at, 0)
		FROM escalations e
		JOIN cases c ON c.id = e.case_id
		ORDER BY e.id`, func(scan func(...any) error) error {
		var r escalationRow
		err := scan(&r.id, &r.caseID, &r.code, &r.level, &r.reference, &r.reason, &r.severity, &r.subject, &r.status, &r.openedAt,
			&r.acknowledgedAt, &r.resolvedAt)
		t.escalations = append(t.escalations, r)
		return err
	})
}

// readAudit reads the log's entries after one.
func readAudit(ctx context.Context, db *sql.DB, after int64) (list []auditRow, err error) {
	err = each(ctx, db, `
		SELECT id, at, COALESCE(case_id, 0), COALESCE(party_id, 0), actor, action, subject, why, event
		FROM audit
		WHERE id > ?
		ORDER BY id`, func(scan func(...any) error) error {
		var r auditRow
		err := scan(&r.id, &r.at, &r.caseID, &r.partyID, &r.actor, &r.action, &r.subject, &r.why, &r.event)
		list = append(list, r)
		return err
	}, after)
	return list, err
}

// at is a column's milliseconds as a time; the zero time for none.
func at(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
