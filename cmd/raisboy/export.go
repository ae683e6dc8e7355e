package main

import (
	"bufio"
	"errors"

	"github.com/spf13/cobra"

	"github.com/raisboy/raisboy/pkg/render"
)

func (a *app) exportCommand() *cobra.Command {
	const key = "command.journal-export"
	c := &cobra.Command{
		Use: "export", Short: key + ".short", Long: key + ".long", Example: exportExample, Args: arguments(0, 0, ""),
		RunE: func(c *cobra.Command, _ []string) error { return a.export(c) },
	}
	filterFlags(c)
	c.Flags().String("kind", "", "flag.kind")
	c.Flags().Bool("csv-excel", false, "flag.csv-excel")
	return c
}

// exportBuffer is how much is written to stdout at a time, in bytes.
const exportBuffer = 64 << 10

// export writes the operations one by one, however many there are: what is in
// the memory is a page of them. There is no text form; CSV stands in its place.
func (a *app) export(c *cobra.Command) (err error) {
	filter, err := a.readFilter(c)
	if err != nil {
		return err
	}
	options := a.options
	excel, _ := c.Flags().GetBool("csv-excel")
	switch given := c.Flags().Changed("output"); {
	case given && options.Output == "text":
		return badWord(c, "output", options.Output, nil)
	case given && excel && options.Output != "csv":
		return &usageError{Problem: usageExclusive, Name: "--csv-excel", Value: "-o " + options.Output, Command: c.CommandPath()}
	case excel, options.Output == "text":
		options.Output = "csv"
	}
	s, err := a.open()
	if err != nil {
		return err
	}
	defer a.closing(s)
	list, err := s.entries(filter)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(a.process.out, exportBuffer)
	form := a.renderer(options).Options
	form.Out, form.Excel = out, excel
	reader := tolerant{app: a}
	err = render.New(form).Entries(reader.entries(list))
	if err := errors.Join(err, out.Flush()); err != nil {
		return err
	}
	return reader.end()
}
