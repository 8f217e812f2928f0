// Package seal is the arithmetic of a log that nobody can change unseen: what of an entry is sealed, the Merkle tree over
// the entries, signed checkpoints of it, and proofs that stand without the database.
//
// The tree is RFC 6962's, as golang.org/x/mod/sumdb/tlog keeps it; a checkpoint is a signed note (sumdb/note, Ed25519)
// in the form of C2SP's tlog-checkpoint. It reads and writes no database and knows no clock; package store does both.
//
//	var tree seal.Frontier
//	for _, e := range entries {
//		tree.Add(e.Hash())
//	}
//	note, err := key.Sign(seal.Checkpoint{Size: tree.Size(), Root: tree.Root(), At: now})
//
// # What a proof is worth
//
// A proof says: whoever holds the signing key vouched, at the checkpoint's time, for a log in which these entries stand
// with these words. It does not say that they are all that a case has, nor that what they say is true. Its public key
// stands in the file for convenience alone; who relies on it compares the key's fingerprint with one that came another
// way, on paper or from a checkpoint that was handed over earlier.
package seal
