//go:build unix

package trialtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the raw writer of the controls

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/money"
)

// commitsVariable says how many commits a writer makes.
const commitsVariable = "RAISBOY_TRIAL_COMMITS"

func commits() (int, error) { return strconv.Atoi(os.Getenv(commitsVariable)) }

// acknowledge says that commit n is durable, with one write.
func acknowledge(n int) error {
	_, err := os.Stdout.WriteString("ack " + strconv.Itoa(n) + "\n")
	return err
}

// writeJournal plays a desk at work: intents and answers, each acknowledged once
// the journal has returned. Commit 2n-1 is the intent of operation n, 2n its
// answer. Half way it closes the journal and opens it again, as the next command
// would: a checkpoint, and a new log.
func writeJournal() error {
	n, err := commits()
	if err != nil {
		return err
	}
	ctx := context.Background()
	to := api.Endpoints{BaseURL: "https://project.example", APIPrefix: "/api"}
	var j *journal.Journal
	for i := 1; i <= n/2; i++ {
		if j != nil && i == n/4 {
			if err := j.Close(); err != nil {
				return err
			}
			j = nil
		}
		if j == nil {
			if j, err = journal.Open(ctx, os.Getenv("RAISBOY_JOURNAL"), journal.Options{Desk: "d", OSUser: "u", Now: time.Now}); err != nil {
				return err
			}
		}
		call, err := api.Deposit{UserID: "u" + strconv.Itoa(i), Amount: money.Amount(100 * i), Currency: "UZS", PaymentMethod: "bank_card", Timestamp: time.Now()}.Call(to)
		if err != nil {
			return err
		}
		e, _, err := j.Begin(ctx, journal.Proposal{Call: call, Profile: "main"}, journal.Guard{})
		if err == nil {
			err = acknowledge(2*i - 1)
		}
		if err != nil {
			return err
		}
		_, err = j.Update(ctx, e.ID, func(journal.Entry) ([]journal.Addition, error) {
			answer := journal.Answer{Verdict: api.Done.String(), DepositID: "dep" + strconv.Itoa(i)}
			return []journal.Addition{{Content: answer, Raw: []byte(strings.Repeat("x", 700*(i%5)))}}, nil
		})
		if err == nil {
			err = acknowledge(2 * i)
		}
		if err != nil {
			return err
		}
	}
	return j.Close()
}

// writeRaw does the same to a database of its own, with the durability that
// RAISBOY_TRIAL_SYNCHRONOUS names: the controls of the power cuts.
func writeRaw() error {
	n, err := commits()
	if err != nil {
		return err
	}
	db, err := sql.Open("sqlite", os.Getenv("RAISBOY_JOURNAL")+"?_pragma=journal_mode(WAL)&_pragma=synchronous("+os.Getenv("RAISBOY_TRIAL_SYNCHRONOUS")+")")
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(`CREATE TABLE numbers (n INTEGER PRIMARY KEY, filler BLOB)`); err != nil {
		return err
	}
	for i := 1; i <= n; i++ {
		if _, err := db.Exec(`INSERT INTO numbers VALUES (?, ?)`, i, make([]byte, 700*(i%5))); err != nil {
			return err
		}
		if err := acknowledge(i); err != nil {
			return err
		}
		if i == n/2 { // a checkpoint, as a close makes one
			if _, err := db.Exec(`PRAGMA wal_checkpoint(TRUNCATE)`); err != nil {
				return err
			}
		}
	}
	return db.Close()
}

// holdLock takes the database for itself and keeps it until it is killed.
func holdLock() error {
	db, err := sql.Open("sqlite", os.Getenv("RAISBOY_JOURNAL"))
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(`BEGIN EXCLUSIVE`); err != nil {
		return err
	}
	if _, err := fmt.Println("held"); err != nil {
		return err
	}
	time.Sleep(time.Minute)
	return errors.New("nobody ended the lock's holder")
}
