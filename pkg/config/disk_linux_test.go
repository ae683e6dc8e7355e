package config

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// TestDiskFull writes to disks with less and less room, and to one that takes
// nothing: whatever fails, the old configuration and the old secret stand.
func TestDiskFull(t *testing.T) {
	folder := t.TempDir()
	if err := syscall.Mount("raisboy-config", folder, "tmpfs", 0, "size=64k,mode=700"); err != nil {
		if errors.Is(err, syscall.EPERM) {
			t.Skip("mounting a file system is not permitted to this user; TestFullDisk needs no mount")
		}
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(folder, syscall.MNT_DETACH) })
	path := filepath.Join(folder, "config.yaml")
	s := aKeyring{}.in(Sources{File: path, Home: folder})
	rotate := func(secret string) error {
		return Rotation{File: edited(t, s), Profile: "main", Secret: NewSecret(secret), Since: time.Now(), Force: true}.Rotate(t.Context())
	}
	write(t, path, one("secret: file:main.secret"), 0o600)
	write(t, filepath.Join(folder, "main.secret"), "old", 0o600)
	full, finished := 0, 0
	for room := 0; room <= 5; room++ {
		fill(t, folder, room)
		before, _ := secretsOf(t, s)
		secret := "new-" + string(rune('a'+room))
		err := rotate(secret)
		var refused *FileError
		current, previous := secretsOf(t, s)
		switch {
		case err == nil && current == secret && previous == before:
			finished++
		case errors.As(err, &refused) && refused.Problem == DiskFull && (current == before || previous == before):
			full++
		default:
			t.Errorf("%d pages of room: %v; %q, %q, and %q before", room, err, current, previous, before)
		}
		entries, _ := os.ReadDir(folder)
		for _, entry := range entries {
			if entry.Name()[0] == '.' {
				t.Errorf("%d pages of room: %s is left behind", room, entry.Name())
			}
		}
	}
	if full == 0 || finished == 0 {
		t.Errorf("%d ended for want of room, %d well: the trial tried nothing", full, finished)
	}
	if err := syscall.Mount("raisboy-config", folder, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	before, _ := secretsOf(t, s)
	var refused *FileError
	if err := rotate("other"); !errors.As(err, &refused) || refused.Problem != Unwritable {
		t.Errorf("read-only: %v", err)
	}
	if err := edited(t, s).Change("main", "", Change{"desk", "x"}); !errors.As(err, &refused) || refused.Problem != Unwritable {
		t.Errorf("read-only: %v", err)
	}
	if current, _ := secretsOf(t, s); current != before {
		t.Errorf("%q, %q before", current, before)
	}
}

// fill leaves so many pages of room on a disk.
func fill(t *testing.T, folder string, pages int) {
	t.Helper()
	path := filepath.Join(folder, "fill")
	_ = os.Remove(path)
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	size, page := int64(0), make([]byte, os.Getpagesize())
	for {
		n, err := file.Write(page)
		size += int64(n)
		if err != nil {
			break
		}
	}
	if err := errors.Join(file.Truncate(max(0, size-int64(pages)*int64(len(page)))), file.Close()); err != nil {
		t.Fatal(err)
	}
}
