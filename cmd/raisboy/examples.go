package main

import "github.com/raisboy/raisboy/pkg/api"

// Examples of the commands, as help prints them: command lines and nothing
// else, the same in every language. A test runs them.
const (
	validateExample = `raisboy validate --user 2564568 --sandbox
raisboy validate --user '#KXA1234'`
	depositExample = `raisboy deposit --user 456789 --amount 6000 --sandbox
raisboy deposit --user 456789 --amount "6 000,50" --ref receipt-17 -o json
raisboy deposit --file rows.csv --batch salaries-may --sandbox`
	payoutExample = `raisboy payout --user kxa1234 --amount 5000 --sandbox
raisboy payout list --status accepted
raisboy payout complete 7`
	batchExample = `raisboy batch list
raisboy batch show salaries-may`
	batchListExample = `raisboy batch list -o json`
	batchShowExample = `raisboy batch show salaries-may
raisboy batch show salaries-may --failed -o csv`
	payoutListExample  = `raisboy payout list --since 09:00`
	journalListExample = `raisboy journal list --since 09:00 --outcome unknown,conflict`
	exportExample      = `raisboy journal export --since 2026-01-01 --until 2026-02-01 > january.csv
raisboy journal export --csv-excel --outcome unknown,conflict > open.csv
raisboy journal export --kind payout -o json | jq -r .payout_id`
	rootExample = `raisboy deposit --user 456789 --amount 6000 --sandbox
raisboy doctor`
	journalExample = `raisboy journal list --since 09:00
raisboy journal show 42
raisboy journal verify`
	showExample = `raisboy journal show 42
raisboy journal show 42 -o json`
	payoutShowExample = `raisboy payout show 7
raisboy payout show pout_789 -o json`
	verifyExample = `raisboy journal verify
raisboy journal verify -o json`
	eventsGroupExample = `raisboy events list --since 09:00
raisboy events show 7`
	eventsShowExample = `raisboy events show 7
raisboy events show 7 -o json`
	versionExample  = `raisboy version -o json`
	completeExample = `raisboy payout complete 7 --note "passport seen"`
	cancelExample   = `raisboy payout cancel 7 --note "the person did not come"`
	deliverExample  = `raisboy payout deliver`
	resolveExample  = `raisboy resolve
raisboy resolve 42 --credited --note "manager, by telephone"`
	signExample = `raisboy sign --path /api/payout/create --body @body.json
raisboy sign --path /api/payout/create --body @body.json --headers | curl -H @- --data-binary @body.json URL
raisboy sign --path /api/payout/create --body @body.json --timestamp 1764247157 --check HEX
raisboy sign --from captured.txt`
	listenExample = `raisboy listen --sandbox
raisboy listen -o json --until completed`
	eventsExample = `raisboy events list --since 09:00
raisboy events list --kind rejected -o json`
	replayExample     = `raisboy events replay 7 --to http://127.0.0.1:3000/hooks`
	configInitExample = `raisboy config init
raisboy config init --profile night --base-url https://project.example
raisboy config init --no-input --secret-stdin --secret-in file <secret.txt`
	configShowExample = `raisboy config show
raisboy config show -o json`
	configPathExample   = `raisboy config path`
	configCheckExample  = `raisboy config check`
	configRotateExample = `raisboy config rotate-secret
raisboy config rotate-secret --secret-stdin <new-secret.txt
raisboy config rotate-secret --drop-previous`
	doctorExample = `raisboy doctor --sandbox
raisboy doctor -o json`
	sandboxExample = `raisboy sandbox
raisboy sandbox --fault drop-after=0.2,delay=200ms`
	completionExample = `raisboy completion bash`
	bashExample       = `. <(raisboy completion bash)
mkdir -p ~/.local/share/bash-completion/completions && raisboy completion bash > ~/.local/share/bash-completion/completions/raisboy`
	zshExample        = `mkdir -p ~/.zfunc && raisboy completion zsh > ~/.zfunc/_raisboy`
	fishExample       = `mkdir -p ~/.config/fish/completions && raisboy completion fish > ~/.config/fish/completions/raisboy.fish`
	powershellExample = `raisboy completion powershell >> $PROFILE`
	statsExample      = `raisboy stats --since 7d --by day
raisboy stats --since 30d --by user --limit 10
raisboy stats --by hour -o csv > hours.csv`
	manExample  = `raisboy man --dir share/man`
	helpExample = `raisboy help payout complete
raisboy help exit-codes`
	sendExample = `raisboy sandbox send completed pout_1`
)

func exampleOfList(kind api.Kind) string {
	if kind == api.KindPayout {
		return payoutListExample
	}
	return journalListExample
}

func exampleOfShow(kind api.Kind) string {
	if kind == api.KindPayout {
		return payoutShowExample
	}
	return showExample
}
