package wholefile

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
)

// InMemory returns the path of the file in memory that replaces the file at path
// while its disk is full; empty on a system without such files. Any user may make a file
// of that name: verify with [Mine] that this user did.
func InMemory(path string) string {
	if info, err := os.Stat(Memory); err != nil || !info.IsDir() {
		return ""
	}
	if real, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		path = filepath.Join(real, filepath.Base(path))
	}
	sum := sha256.Sum256([]byte(path))
	return filepath.Join(Memory, fmt.Sprintf("neurocheck-%d-%s", os.Getuid(), hex.EncodeToString(sum[:8])))
}
