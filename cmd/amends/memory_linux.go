package main

import (
	"fmt"
	"os"
	"strings"
	"syscall"
)

// dropCode lets go of the pages of the program's own file that are in memory, code and constants: those that only the
// start needed, which are most, do not come back. They are never written, so the file has all of them; the writable
// ones are left alone.
func dropCode() {
	program, err := os.Executable()
	if err != nil {
		return
	}
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		return
	}
	for line := range strings.Lines(string(maps)) {
		var from, to uintptr
		var rights string
		if n, _ := fmt.Sscanf(line, "%x-%x %s", &from, &to, &rights); n != 3 || !strings.HasSuffix(strings.TrimSpace(line), " "+program) {
			continue
		}
		if rights == "r-xp" || rights == "r--p" {
			// It is advice: where the system does not take it, nothing is lost.
			_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, from, to-from, syscall.MADV_DONTNEED)
		}
	}
}
