package trialtest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// What a traced process did that matters for what a power cut leaves.
type opKind int

const (
	opWrite    opKind = iota // data at an offset
	opTruncate               // size
	opSync                   // of a file
	opSyncDir                // of a folder: names in it
	opCreate                 // a name that was not there
	opUnlink
	opLink // a second name, path, for the file named in data
	opMkdir
	opAck // the writer said that a commit is durable; number
)

// An op is one step of the trace.
type op struct {
	kind   opKind
	path   string
	data   []byte
	offset int64 // or size, or the number of an ack
	void   bool  // of a sync: it was not carried out
}

// traced runs a command under strace and gives what it did to the database at
// path and what it acknowledged: lines "ack N" on stdout. Inject is strace's
// fault injection, if any.
func traced(t *testing.T, c *exec.Cmd, path string, inject ...string) []op {
	t.Helper()
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not installed on this system: no system calls can be traced")
	}
	out := filepath.Join(t.TempDir(), "trace")
	args := []string{strace, "-f", "-y", "-xx", "-s", "1000000", "-o", out,
		"-e", "trace=?open,pwrite64,write,fsync,fdatasync,ftruncate,unlink,unlinkat,linkat,openat,rename,renameat,renameat2,mkdirat"}
	for _, i := range inject {
		args = append(args, "-e", "inject="+i)
	}
	c.Path, c.Args = strace, append(append(args, "--", c.Path), c.Args[1:]...)
	if text, err := c.CombinedOutput(); err != nil {
		if bytes.Contains(text, []byte("PTRACE_TRACEME")) {
			t.Skip("this system does not let a process be traced")
		}
		t.Fatalf("%v: %s", err, text)
	}
	trace, err := os.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	defer trace.Close()
	ops, err := readTrace(trace, path)
	if err != nil {
		t.Fatal(err)
	}
	return ops
}

// readTrace puts calls together that another thread's calls tore apart, in the
// order in which they ended.
func readTrace(trace *os.File, path string) ([]op, error) {
	var ops []op
	begun := map[string]string{}
	r := traceReader{path: path, exists: map[string]bool{}, call: regexp.MustCompile(`^(\w+)\((.*)\)\s+= (-?\d+)(.*)$`)}
	lines := bufio.NewReaderSize(trace, 1<<20)
	for {
		line, err := lines.ReadString('\n')
		if errors.Is(err, io.EOF) {
			return ops, nil
		}
		if err != nil {
			return nil, err
		}
		pid, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		rest = strings.TrimLeft(rest, " ")
		if head, found := strings.CutSuffix(rest, "<unfinished ...>"); found {
			begun[pid] = head
			continue
		}
		if strings.HasPrefix(rest, "<...") {
			_, tail, _ := strings.Cut(rest, "resumed>")
			rest = begun[pid] + tail
		}
		o, matters, err := r.read(rest)
		if err != nil {
			return nil, fmt.Errorf("trace: %.200q: %w", rest, err)
		}
		if matters {
			ops = append(ops, o)
		}
	}
}

type traceReader struct {
	path   string
	exists map[string]bool
	call   *regexp.Regexp
}

// read reads one whole call.
func (r *traceReader) read(text string) (o op, matters bool, err error) {
	m := r.call.FindStringSubmatch(text)
	if m == nil {
		return o, false, nil // a signal, an exit
	}
	name, args, result, note := m[1], splitArgs(m[2]), m[3], m[4]
	if strings.HasPrefix(result, "-") || len(args) == 0 {
		return o, false, nil
	}
	o.path = fdPath(args[0])
	switch name {
	case "write":
		data := unhex(args[1])
		if number, found := strings.CutPrefix(strings.TrimSpace(string(data)), "ack "); found {
			o.kind = opAck
			o.offset, err = strconv.ParseInt(number, 10, 64)
			return o, true, err
		}
		if r.ours(o.path) {
			err = fmt.Errorf("a write without an offset")
		}
		return o, false, err
	case "pwrite64":
		o.kind, o.data = opWrite, unhex(args[1])
		o.offset, err = strconv.ParseInt(args[3], 10, 64)
		if result != strconv.Itoa(len(o.data)) {
			err = fmt.Errorf("%d bytes, %s written", len(o.data), result)
		}
	case "ftruncate":
		o.kind = opTruncate
		o.offset, err = strconv.ParseInt(args[1], 10, 64)
	case "fsync", "fdatasync":
		o.kind, o.void = opSync, strings.Contains(note, "INJECTED")
		if strings.HasPrefix(r.path, o.path+"/") {
			o.kind = opSyncDir
			return o, true, nil
		}
	case "open", "openat":
		if name == "open" {
			args = append([]string{""}, args...)
		}
		o.kind, o.path = opCreate, string(unhex(args[1]))
		if !strings.Contains(args[2], "O_CREAT") || r.exists[o.path] {
			return o, false, nil
		}
		r.exists[o.path] = true
	case "mkdirat":
		o.kind, o.path = opMkdir, string(unhex(args[1]))
		return o, strings.HasPrefix(r.path, o.path+"/"), nil
	case "unlink":
		o.kind, o.path = opUnlink, string(unhex(args[0]))
		delete(r.exists, o.path)
	case "unlinkat":
		o.kind, o.path = opUnlink, string(unhex(args[1]))
		delete(r.exists, o.path)
	case "linkat":
		o.kind, o.path, o.data = opLink, string(unhex(args[3])), unhex(args[1])
		r.exists[o.path] = true
	case "rename", "renameat", "renameat2":
		if strings.Contains(string(unhex(m[2])), filepath.Base(r.path)) {
			err = fmt.Errorf("a rename is not modelled")
		}
		return o, false, err
	default:
		return o, false, nil
	}
	return o, r.ours(o.path), err
}

// ours: the database, its log and its journal, and the same of the draft that it
// is made as. The shared memory beside them is not for the disk, and the locks
// die with the machine.
func (r *traceReader) ours(path string) bool {
	rest, found := strings.CutPrefix(path, r.path)
	return found && !strings.HasSuffix(rest, "-shm") && !strings.HasPrefix(rest, ".locks")
}

// splitArgs cuts arguments apart; with -xx nothing in quotes has a comma.
func splitArgs(s string) []string {
	args := strings.Split(s, ", ")
	for i := range args {
		args[i] = strings.TrimSpace(args[i])
	}
	return args
}

// fdPath gives the path in 6</path>, which -xx prints in hexadecimal, too.
func fdPath(arg string) string {
	_, path, found := strings.Cut(arg, "<")
	if !found {
		return ""
	}
	return string(unhex(strings.TrimSuffix(path, ">")))
}

// unhex reads "\x2f\x74" and leaves other text as it is.
func unhex(s string) []byte {
	s = strings.Trim(strings.TrimSuffix(s, "..."), `"`)
	out := make([]byte, 0, len(s)/4)
	for i := 0; i < len(s); {
		if i+4 <= len(s) && s[i] == '\\' && s[i+1] == 'x' {
			if b, err := strconv.ParseUint(s[i+2:i+4], 16, 8); err == nil {
				out = append(out, byte(b))
				i += 4
				continue
			}
		}
		out = append(out, s[i])
		i++
	}
	return out
}
