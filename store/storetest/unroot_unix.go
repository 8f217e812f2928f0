//go:build unix

package storetest

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"
)

// unroot lets a command run as somebody else if we are root, whom PostgreSQL refuses, and gives them
// the folder; in a session of its own, so that what ends ours leaves it to tidy up.
func unroot(command *exec.Cmd, folder string) error {
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if os.Getuid() != 0 {
		return nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		somebody, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(somebody.Uid, 10, 32)
		if err != nil {
			continue
		}
		gid, err := strconv.ParseUint(somebody.Gid, 10, 32)
		if err != nil {
			continue
		}
		command.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		return os.Chown(folder, int(uid), int(gid))
	}
	return fmt.Errorf("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")
}
