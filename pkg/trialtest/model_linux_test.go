package trialtest

import (
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
)

// A diskFile is what the model has of one file's content.
type diskFile struct {
	durable []byte
	pending []op // since the last fsync of it
}

// A model is what the machine's storage holds.
type model struct {
	folder string
	files  map[string]*diskFile // by name
	named  map[string]*diskFile // the names that are on disk
	acked  int
}

func (m *model) file(name string) *diskFile {
	if m.files[name] == nil {
		m.files[name] = &diskFile{}
	}
	return m.files[name]
}

// step takes in one step of the trace.
func (m *model) step(o op) {
	switch o.kind {
	case opAck:
		m.acked = int(o.offset)
	case opWrite, opTruncate:
		f := m.file(o.path)
		f.pending = append(f.pending, o)
	case opSync:
		if f := m.file(o.path); !o.void {
			for _, p := range f.pending {
				f.durable = p.apply(f.durable)
			}
			f.pending = nil
		}
	case opSyncDir:
		if !o.void && o.path == m.folder {
			m.named = maps.Clone(m.files)
		}
	case opCreate:
		m.files[o.path] = &diskFile{}
	case opLink:
		m.files[o.path] = m.file(string(o.data))
	case opUnlink:
		delete(m.files, o.path)
	case opMkdir: // TestNewFolderIsDurable looks after these
	}
}

// cut replays the trace and then takes the power away: what was not fsynced is
// there, or not, or in torn pieces; a name that was made or taken away since
// the folder's last fsync is there or not. It returns the last acknowledged commit.
func cut(ops []op, folder string, random *rand.Rand, dir string) (acked int, err error) {
	m := model{folder: folder, files: map[string]*diskFile{}, named: map[string]*diskFile{}}
	for _, o := range ops {
		m.step(o)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return 0, err
	}
	names := maps.Clone(m.named)
	maps.Copy(names, m.files)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		before, after := m.named[name], m.files[name]
		f := after
		if before != after && random.IntN(2) == 0 {
			f = before
		}
		if f == nil {
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(name)), f.after(random), 0o600); err != nil {
			return 0, err
		}
	}
	return m.acked, nil
}

// sector is what a disk writes whole or not at all.
const sector = 512

// after is the file as a cut leaves it: of what is pending nothing, all, some
// whole writes, or some sectors of them.
func (f *diskFile) after(random *rand.Rand) []byte {
	content := slices.Clone(f.durable)
	mode := random.IntN(4)
	for _, o := range f.pending {
		switch {
		case mode == 0, mode >= 2 && random.IntN(2) == 0:
		case mode == 3 && o.kind == opWrite:
			for at := 0; at < len(o.data); at += sector {
				if random.IntN(2) == 0 {
					piece := op{kind: opWrite, data: o.data[at:min(len(o.data), at+sector)], offset: o.offset + int64(at)}
					content = piece.apply(content)
				}
			}
		default:
			content = o.apply(content)
		}
	}
	return content
}

// apply gives the content after a write or a truncation.
func (o op) apply(content []byte) []byte {
	end := o.offset
	if o.kind == opWrite {
		end += int64(len(o.data))
	}
	if missing := end - int64(len(content)); missing > 0 {
		content = append(content, make([]byte, missing)...)
	}
	if o.kind == opTruncate {
		return content[:end]
	}
	copy(content[o.offset:], o.data)
	return content
}
