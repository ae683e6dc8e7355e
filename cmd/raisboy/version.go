package main

import (
	"runtime"

	"github.com/spf13/cobra"
)

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "command.version.short", Example: versionExample, Args: arguments(0, 0, ""),
		Annotations: map[string]string{immediate: "yes"},
		RunE: func(*cobra.Command, []string) error {
			number, revision := buildVersion()
			return a.render.Version(number, revision, runtime.Version(), runtime.GOOS+"/"+runtime.GOARCH)
		},
	}
}
