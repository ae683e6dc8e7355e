package main

import (
	"errors"
	"strings"

	"github.com/raisboy/raisboy/pkg/config"
	"github.com/raisboy/raisboy/pkg/render"
)

// explainSetup explains what keeps a profile from being set up or its secret
// from being changed. In all of these cases everything is as it was.
func (a *app) explainSetup(err error) (problem, bool) {
	var (
		lacking *setupError
		keep    *keepError
		ruled   *config.RotationError
	)
	switch {
	case errors.As(err, &lacking):
		var variables []string
		for _, key := range lacking.keys {
			variables = append(variables, "RAISBOY_"+strings.ToUpper(key))
		}
		w := words{"Keys": strings.Join(lacking.keys, ", "), "Variables": strings.Join(variables, ", ")}
		return a.say(exitUsage, "problem.setup-missing", w), true
	case errors.As(err, &keep):
		w := words{"Error": a.reason(keep.err), "Path": render.Sanitize(keep.path)}
		return a.say(exitSetup, "problem.keyring", w), true
	case errors.As(err, &ruled):
		exit := exitSetup
		if ruled.Problem == config.RotationSame {
			exit = exitUsage
		}
		w := words{
			"Profile": ruled.Profile, "Place": render.Sanitize(ruled.Place), "Since": since(ruled.Since), "Variable": ruled.Variable,
		}
		return a.say(exit, "problem.rotation."+string(ruled.Problem), w), true
	}
	return problem{}, false
}
