package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/raisboy/raisboy/pkg/render"
	"github.com/raisboy/raisboy/pkg/shift"
)

// A pageError says that a report's page could not be written.
type pageError struct {
	Path string
	Err  error
}

func (e *pageError) Error() string { return "page " + e.Path + ": " + e.Err.Error() }
func (e *pageError) Unwrap() error { return e.Err }

// writePage writes a report as a web page into a file that only this user can
// read. A file that is there is not touched, unless by force; then the new one
// takes its place whole.
func (a *app) writePage(path string, force bool, report shift.Report) error {
	var page bytes.Buffer
	if err := a.render.ShiftHTML(&page, report); err != nil {
		return err
	}
	if err := writeFile(path, force, page.Bytes()); err != nil {
		return &pageError{Path: path, Err: err}
	}
	return nil
}

func writeFile(path string, force bool, content []byte) error {
	if force {
		return overwriteFile(path, content)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(path)) // half a page is none
	}
	return nil
}

func overwriteFile(path string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".raisboy-*") // its mode is 0600
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

// explainPage: a file that is there already is the command line's mistake;
// anything else is the file system's.
func (a *app) explainPage(e *pageError) problem {
	w := words{"Path": render.Sanitize(e.Path), "Error": a.reason(e.Err)}
	if errors.Is(e.Err, fs.ErrExist) {
		return a.say(exitUsage, "problem.page-exists", w)
	}
	return a.say(exitSetup, "problem.page", w)
}
