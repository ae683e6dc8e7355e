package journal

import "github.com/raisboy/raisboy/pkg/api"

// twins are the ways to operations that may be equal to the proposal: by the
// user and by the project's id of the user. The first way to each takes an index
// that leads to the rows, which are judged there; the second an index that begins
// with the currency, so that it serves no other way, and that tells all by which
// they are judged, so that the rows do not count.
func (p Proposal) twins(w *ways, since int64) {
	t := p.Call.Terms
	fits := func(e *Entry) bool {
		return e.Call.Kind == p.Call.Kind && e.Call.Terms.Amount == t.Amount &&
			(e.Call.Terms.UserID == t.UserID || p.ProjectUserID != "" && e.ProjectUserID == p.ProjectUserID)
	}
	conditions := waysByKind()[p.Call.Kind].twins
	amount, currency, reach := any(int64(t.Amount)), any(t.Currency), any(since)
	user := any(t.UserID)
	w.add(conditions.user, fits, user, amount, reach, reach)
	w.add(conditions.userAlone, fits, user, amount, currency, reach, reach)
	if p.ProjectUserID != "" {
		user = p.ProjectUserID
		w.add(conditions.projectUser, fits, user, amount, reach, reach)
		w.add(conditions.projectUserAlone, fits, user, amount, currency, reach, reach)
	}
}

// twinWays are the conditions of those ways: two that lead to the rows, and two
// for which the index alone is enough.
type twinWays struct{ user, userAlone, projectUser, projectUserAlone string }

// twinsOf gives the ways to a kind's twins, but for those that are gone.
func twinsOf(kind api.Kind, gone string) twinWays {
	twin := ` = ? AND kind = '` + string(kind) + `' AND amount = ?`
	alone := twin + ` AND currency = ?`
	const byProject = `project_user_id <> '' AND project_user_id`
	return twinWays{`user_id` + twin + gone, `user_id` + alone + gone, byProject + twin + gone, byProject + alone + gone}
}

const (
	// What is settled holds nothing back. Where a value cannot be compared, the
	// row is read, and found to be damaged.
	settled       = `state = 'done' AND settled_at <= ? AND changed_at <= ?`
	goneDeposit   = ` AND (state IN ('refused', 'not_sent') OR ` + settled + `) IS NOT TRUE`
	settledPayout = settled + ` AND payout_status IN ('completed', 'cancelled')`
	gonePayout    = ` AND (state IN ('refused', 'not_sent') OR ` + settledPayout + `) IS NOT TRUE`
)
