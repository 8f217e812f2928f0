// Package store is what Amends remembers: programs and their staff, cases and their parties, what
// was agreed, said and answered, what falls due, what waits to be sent and the log of it all, on
// PostgreSQL or SQLite.
//
// Whatever happens to a case happens in one transaction:
//
//	err := s.Update(ctx, func(tx *store.Tx) error {
//		line, err := tx.LockLine(program.ID, "+13125550101")
//		if err != nil {
//			return err
//		}
//		return tx.AddMessage(&store.Message{ID: id, ProgramID: program.ID, LineID: store.ID(line.ID), …})
//	})
//
// A function given to Update may be run again, when the database asks for it: it takes what it
// needs from its Tx and leaves nothing behind but what it wrote there.
//
// Methods of a Tx that load are called Find (there may be none) or Get (there must be one, else an
// [Error] with code [NotFound]); Lock loads and keeps the row from other writers to the end of the
// transaction; Claim takes rows that no other transaction has taken, and waits for none. Locks are
// taken in the order due row or message, line, case (ascending ids), so that nobody waits in a circle.
//
// Names, phone numbers, addresses and texts stand in the database as [Sealed]; a Tx alone opens
// them. Phones are found by a keyed hash. The package never logs one, nor puts one in an error; it
// knows no conversation, reads no clock and draws no random number.
package store
