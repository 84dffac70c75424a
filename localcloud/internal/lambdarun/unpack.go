package lambdarun

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
)

// unpackedLimit is how many bytes a function's files may have together.
const unpackedLimit = 262144000

// Errors of [Unpack].
var (
	ErrNoZip    = errors.New("it is not a zip file that can be unpacked")
	ErrTooLarge = fmt.Errorf("its files have more than %d bytes together", unpackedLimit)
)

// Unpack unpacks a function's zip into a new folder. Nothing is ever written outside the folder, whatever the zip's
// entries are called, and a zip that can't be unpacked whole leaves no folder behind.
func Unpack(content []byte, folder string) error { return unpack(content, folder, unpackedLimit) }

func unpack(content []byte, folder string, left int64) error {
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return fmt.Errorf("unpacking a function: %w: %w", ErrNoZip, err)
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("unpacking a function: %w", err)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return fmt.Errorf("unpacking a function: %w", err)
	}
	defer root.Close() //nolint:errcheck // nothing is written through the folder itself
	for _, entry := range archive.File {
		written, err := unpackEntry(root, entry, left)
		if err != nil {
			return errors.Join(fmt.Errorf("unpacking %q of a function: %w", entry.Name, err), os.RemoveAll(folder))
		}
		left -= written
	}
	return nil
}

// unpackEntry writes one entry and says how many bytes it has.
func unpackEntry(root *os.Root, entry *zip.File, limit int64) (int64, error) {
	name := path.Clean(entry.Name)
	if !fs.ValidPath(name) || strings.Contains(entry.Name, `\`) {
		return 0, fmt.Errorf("%w: the name leads out of the folder", ErrNoZip)
	}
	switch mode := entry.Mode(); {
	case mode.IsDir():
		return 0, root.MkdirAll(name, 0o755)
	case !mode.IsRegular():
		return 0, fmt.Errorf("%w: it is neither a file nor a folder, and localcloud unpacks nothing else", ErrNoZip)
	}
	if err := root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return 0, err
	}
	source, err := entry.Open()
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrNoZip, err)
	}
	defer source.Close() //nolint:errcheck // read only
	target, err := root.OpenFile(name, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, permissions(entry.Mode()))
	if err != nil {
		return 0, err
	}
	written, err := io.Copy(target, io.LimitReader(packed{source}, limit+1))
	if written > limit {
		err = ErrTooLarge
	}
	return written, errors.Join(err, target.Close())
}

// packed is an entry of a zip, whose errors are the zip's.
type packed struct{ io.Reader }

// Read implements [io.Reader].
func (p packed) Read(piece []byte) (int, error) {
	n, err := p.Reader.Read(piece)
	if err != nil && err != io.EOF { //nolint:errorlint // io.EOF comes as it is
		err = fmt.Errorf("%w: %w", ErrNoZip, err)
	}
	return n, err
}

// permissions of an unpacked file are those in the zip. Lambda's processes are not the file's owner, so the bits for
// others decide there; here the owner's do, so they are made the same.
func permissions(mode fs.FileMode) fs.FileMode {
	others := mode.Perm() & 0o007
	return others<<6 | others<<3 | others
}
