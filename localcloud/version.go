package localcloud

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"strings"
	"sync"
)

// sources are this module's own sources: what localcloud does is decided by them alone.
//
//go:embed *.go wrapper.py internal
var sources embed.FS

// Version names what localcloud does: it changes when, and only when, its sources change, tests apart.
// So a rebuilt command goes on using the instance that is running, and a changed localcloud replaces it.
var Version = sync.OnceValue(func() string {
	digest := sha256.New()
	err := fs.WalkDir(sources, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "/testdata/") {
			return err
		}
		content, err := sources.ReadFile(path)
		if err != nil {
			return err
		}
		digest.Write([]byte(path + "\x00"))
		digest.Write(content)
		return nil
	})
	if err != nil {
		return "unknown"
	}
	return hex.EncodeToString(digest.Sum(nil))[:12]
})
