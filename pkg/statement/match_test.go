package statement

import (
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/journal"
)

const header = "deposit_id;payout_id;request_id;kind;user_id;amount;currency;time;status\n"

func TestMatch(t *testing.T) {
	unknown, refused, notSent := answered(api.Unknown, ""), answered(api.Refused, ""), answered(api.NotSent, "")
	done := func(id string) []journal.Content { return []journal.Content{answered(api.Done, id)} }
	paid := func(id string, s api.PayoutStatus) []journal.Content {
		return []journal.Content{created(api.Done, id, s)}
	}
	not := journal.Decision{Ruling: journal.RuledNotCredited}
	for _, c := range []struct {
		name   string
		ops    []wish
		lines  string
		proved map[int]int64 // line → operation
		want   string
	}{
		{name: "both have it", ops: []wish{{id: 1, user: "a", facts: done("d1")}},
			lines: "d1;;;deposit;a;100;UZS;2025-11-27 12:00:01;ok\n", want: "2 matched by id 1"},
		{name: "an id alone is enough", ops: []wish{{id: 1, user: "a", facts: done("d1")}},
			lines: "d1;;;deposit;;100;;;ok\n", want: "2 matched by id 1"},
		{name: "another sum", ops: []wish{{id: 1, user: "a", facts: done("d1")}},
			lines: "d1;;;deposit;a;99;USD;2025-11-27 12:00:01;ok\n", want: "2 different by id 1: amount+currency"},
		{name: "another user and kind", ops: []wish{{id: 1, user: "a", kind: api.KindPayout, request: "r", facts: paid("p1", "")}},
			lines: ";p1;;payout;b;100;UZS;;ok\n", want: "2 different by id 1: user"},
		{name: "unknown, without an id", ops: []wish{{id: 1, user: "a", facts: []journal.Content{unknown}}},
			lines: ";;;deposit;a;100,00;UZS;27.11.2025 12:05;ok\n", want: "2 provable by terms 1"},
		{name: "unknown, the line has an id", ops: []wish{{id: 1, user: "a", facts: []journal.Content{unknown}}},
			lines: "d9;;;deposit;a;100;UZS;2025-11-27T12:05:00Z;ok\n", want: "2 provable by terms 1"},
		{name: "an owner that is gone", ops: []wish{{id: 1, user: "a"}},
			lines: ";;;deposit;a;100;UZS;2025-11-27 12:00;ok\n", want: "2 provable by terms 1"},
		{name: "by the project's own id of the user", ops: []wish{{id: 1, user: "a", project: "#A", facts: []journal.Content{unknown}}},
			lines: ";;;deposit;#A;100;UZS;2025-11-27 12:00;ok\n", want: "2 provable by terms 1"},
		{name: "too late", ops: []wish{{id: 1, user: "a", facts: []journal.Content{unknown}}},
			lines: ";;;deposit;a;100;UZS;2025-11-27 12:15:02;ok\n", want: "2 only_there\n- only_here 1"},
		{name: "too early", ops: []wish{{id: 1, user: "a", facts: []journal.Content{unknown}}},
			lines: ";;;deposit;a;100;UZS;2025-11-27 11:44:58;ok\n", want: "2 only_there\n- only_here 1"},
		{name: "a day alone", ops: []wish{{id: 1, user: "a", facts: []journal.Content{unknown}}},
			lines: ";;;deposit;a;100;UZS;2025-11-27;ok\n", want: "2 provable by terms 1"},
		{name: "no time, no id", ops: []wish{{id: 1, user: "a", facts: []journal.Content{unknown}}},
			lines: ";;;deposit;a;100;UZS;;ok\n", want: "2 only_there: time\n- only_here 1"},
		{name: "one line, two operations", ops: []wish{{id: 1, user: "a", facts: []journal.Content{unknown}}, {id: 2, user: "a", minutes: 3, facts: done("")}},
			lines: ";;;deposit;a;100;UZS;2025-11-27 12:01;ok\n", want: "2 ambiguous by terms of [1 2]: terms"},
		{name: "two lines, one operation", ops: []wish{{id: 1, user: "a", facts: []journal.Content{unknown}}},
			lines: ";;;deposit;a;100;UZS;2025-11-27 12:01;ok\n;;;deposit;a;100;UZS;2025-11-27 12:02;ok\n",
			want:  "2 ambiguous by terms of [1]: terms\n3 ambiguous by terms of [1]: terms"},
		{name: "ids take lines and operations out first", ops: []wish{{id: 1, user: "a", facts: []journal.Content{unknown}}, {id: 2, user: "a", minutes: 1, facts: done("d2")}},
			lines: "d2;;;deposit;a;100;UZS;2025-11-27 12:01;ok\n;;;deposit;a;100;UZS;2025-11-27 12:02;ok\n",
			want:  "2 matched by id 2\n3 provable by terms 1"},
		{name: "a line of another id is not this operation", ops: []wish{{id: 2, user: "a", facts: done("d2")}},
			lines: "d3;;;deposit;a;100;UZS;2025-11-27 12:01;ok\n", want: "2 only_there\n- only_here 2"},
		{name: "as many as there are, all done", ops: []wish{{id: 1, user: "a", facts: done("")}, {id: 2, user: "a", minutes: 1, facts: done("")}},
			lines: ";;;deposit;a;100;UZS;2025-11-27 12:01;ok\n;;;deposit;a;100;UZS;2025-11-27 12:02;ok\n",
			want:  "2 matched by terms of [1 2]\n3 matched by terms of [1 2]"},
		{name: "two lines, three that are done", ops: []wish{{id: 1, user: "a", facts: done("")}, {id: 2, user: "a", minutes: 1, facts: done("")}, {id: 3, user: "a", minutes: 2, facts: done("")}},
			lines: ";;;deposit;a;100;UZS;2025-11-27 12:01;ok\n;;;deposit;a;100;UZS;2025-11-27 12:02;ok\n",
			want:  "2 ambiguous by terms of [1 2 3]: terms\n3 ambiguous by terms of [1 2 3]: terms"},
		{name: "as many as there are, but one is another line's as well", ops: []wish{{id: 1, user: "a", facts: done("")}, {id: 2, user: "a", minutes: 20, facts: done("")}},
			lines: ";;;deposit;a;100;UZS;2025-11-27 12:10;ok\n;;;deposit;a;100;UZS;2025-11-27 12:11;ok\n;;;deposit;a;100;UZS;2025-11-27 12:30;ok\n",
			want:  "2 ambiguous by terms of [1 2]: terms\n3 ambiguous by terms of [1 2]: terms\n4 ambiguous by terms of [2]: terms"},
		{name: "as many as there are, but a line could be a third one", ops: []wish{{id: 1, user: "a", facts: done("")}, {id: 2, user: "a", minutes: 1, facts: done("")}, {id: 3, user: "a", minutes: 25, facts: done("")}},
			lines: ";;;deposit;a;100;UZS;2025-11-27 12:01;ok\n;;;deposit;a;100;UZS;2025-11-27 12:12;ok\n",
			want:  "2 ambiguous by terms of [1 2]: terms\n3 ambiguous by terms of [1 2 3]: terms"},
		{name: "as many as there are, one called off", ops: []wish{{id: 1, user: "a", kind: api.KindPayout, request: "r", facts: paid("p1", api.StatusCompleted)}, {id: 2, user: "a", kind: api.KindPayout, request: "s", minutes: 1, facts: paid("p2", api.StatusCancelled)}},
			lines: ";;;payout;a;100;UZS;2025-11-27 12:01;ok\n;;;payout;a;100;UZS;2025-11-27 12:02;ok\n",
			want:  "2 ambiguous by terms of [1 2]: terms\n3 ambiguous by terms of [1 2]: terms"},
		{name: "called off there, but not the one that has its own line", ops: []wish{{id: 1, user: "a", kind: api.KindPayout, request: "r", facts: paid("p1", api.StatusAccepted)}},
			lines: ";p1;;payout;a;100;UZS;;ok\n;;;payout;a;100;UZS;2025-11-27 12:01;cancelled\n", want: "2 matched by id 1\n3 unproven: status"},
		{name: "an id of another kind shows nothing about ids", ops: []wish{{id: 1, user: "a", facts: []journal.Content{unknown}}, {id: 2, user: "a", minutes: 5, facts: done("d2")},
			{id: 3, user: "b", kind: api.KindPayout, request: "r", facts: paid("p1", "")}},
			lines: "1001;;;deposit;a;100;UZS;2025-11-27T12:01:00Z;ok\np1;;;deposit;b;100;UZS;;ok\n", want: "2 ambiguous by terms of [1 2]: terms\n3 different by id 3: kind"},
		{name: "as many as there are, one unknown", ops: []wish{{id: 1, user: "a", facts: done("")}, {id: 2, user: "a", minutes: 1, facts: []journal.Content{unknown}}},
			lines: ";;;deposit;a;100;UZS;2025-11-27 12:01;ok\n;;;deposit;a;100;UZS;2025-11-27 12:02;ok\n",
			want:  "2 ambiguous by terms of [1 2]: terms\n3 ambiguous by terms of [1 2]: terms"},
		{name: "refused, and the second one done", ops: []wish{{id: 1, user: "a", facts: []journal.Content{refused}}, {id: 2, user: "a", minutes: 1, facts: done("")}},
			lines: ";;;deposit;a;100;UZS;2025-11-27 12:01;ok\n", want: "2 matched by terms 2"},
		{name: "refused, and the second one unknown", ops: []wish{{id: 1, user: "a", facts: []journal.Content{refused}}, {id: 2, user: "a", minutes: 1, facts: []journal.Content{unknown}}},
			lines: ";;;deposit;a;100;UZS;2025-11-27 12:01;ok\n", want: "2 ambiguous by terms of [1 2]: terms"},
		{name: "one that may be another line's could be this one as well", ops: []wish{{id: 1, user: "a", project: "#A", facts: []journal.Content{refused}},
			{id: 2, user: "a", facts: []journal.Content{unknown}}, {id: 3, user: "a", project: "#A", facts: []journal.Content{notSent}}},
			lines: "d1;;;deposit;#A;100;UZS;2025-11-27 12:01;ok\nd2;;;deposit;a;100;UZS;2025-11-27 12:01;ok\n",
			want:  "2 ambiguous by terms of [1 2 3]: terms\n3 ambiguous by terms of [1 2]: terms"},
		{name: "not sent, and the second one unknown", ops: []wish{{id: 1, user: "a", facts: []journal.Content{notSent}}, {id: 2, user: "a", minutes: 1, facts: []journal.Content{unknown}}},
			lines: ";;;deposit;a;100;UZS;2025-11-27 12:01;ok\n", want: "2 provable by terms 2"},
		{name: "ruled out by a person, and the second one unknown", ops: []wish{{id: 1, user: "a", facts: []journal.Content{unknown, not}}, {id: 2, user: "a", minutes: 1, facts: []journal.Content{unknown}}},
			lines: ";;;deposit;a;100;UZS;2025-11-27 12:01;ok\n", want: "2 ambiguous by terms of [1 2]: terms"},
		{name: "against a refusal", ops: []wish{{id: 1, user: "a", facts: []journal.Content{refused}}},
			lines: ";;;deposit;a;100;UZS;2025-11-27 12:01;ok\n", want: "2 contradicts by terms 1"},
		{name: "against a person's word", ops: []wish{{id: 1, user: "a", facts: []journal.Content{unknown, not}}},
			lines: ";;;deposit;a;100;UZS;2025-11-27 12:01;ok\n", want: "2 contradicts by terms 1"},
		{name: "failed there, unknown here", ops: []wish{{id: 1, user: "a", facts: []journal.Content{unknown}}},
			lines: ";;;deposit;a;100;UZS;2025-11-27 12:01;failed\n", want: "2 unproven: status\n- only_here 1"},
		{name: "failed there, done here", ops: []wish{{id: 1, user: "a", facts: done("d1")}},
			lines: "d1;;;deposit;a;100;UZS;2025-11-27 12:01;отменено\n", want: "2 different by id 1: status"},
		{name: "pending there, unknown here", ops: []wish{{id: 1, user: "a", kind: api.KindPayout, request: "r", facts: []journal.Content{created(api.Unknown, "", "")}}},
			lines: ";;r;payout;a;100;UZS;;processing\n", want: "2 unproven by id 1: status"},
		{name: "failed there, refused here", ops: []wish{{id: 1, user: "a", kind: api.KindPayout, request: "r", facts: []journal.Content{created(api.Refused, "", "")}}},
			lines: ";;r;payout;a;100;UZS;;failed\n", want: "2 matched by id 1"},
		{name: "a payout whose answer was lost", ops: []wish{{id: 1, user: "a", kind: api.KindPayout, request: "r", facts: []journal.Content{created(api.Unknown, "", "")}}},
			lines: ";p1;r;payout;a;100;UZS;;completed\n", want: "2 provable by id 1"},
		{name: "a payout that was called off", ops: []wish{{id: 1, user: "a", kind: api.KindPayout, request: "r", facts: paid("p1", api.StatusCancelled)}},
			lines: ";p1;;payout;a;100;UZS;;completed\n", want: "2 different by id 1: status"},
		{name: "a pending payout need not have a line", ops: []wish{{id: 1, user: "a", kind: api.KindPayout, request: "r", facts: paid("p1", api.StatusAccepted)}},
			lines: "", want: ""},
		{name: "the ids of two", ops: []wish{{id: 1, user: "a", kind: api.KindPayout, request: "r", facts: paid("p1", "")}, {id: 2, user: "a", kind: api.KindPayout, request: "s", facts: paid("p2", "")}},
			lines: ";p1;s;payout;a;100;UZS;;ok\n", want: "2 ambiguous by id of [1 2]: id"},
		{name: "a request_id that was refused and used again", ops: []wish{{id: 1, user: "a", kind: api.KindPayout, request: "r", facts: []journal.Content{created(api.Refused, "", "")}},
			{id: 2, user: "a", kind: api.KindPayout, request: "r", facts: paid("p2", "")}},
			lines: ";;r;payout;a;100;UZS;;ok\n", want: "2 matched by id 2"},
		{name: "the same line twice", ops: []wish{{id: 1, user: "a", facts: done("d1")}},
			lines: "d1;;;deposit;a;100;UZS;2025-11-27 12:01;ok\nd1;;;deposit;a;100,00;UZS;2025-11-27 12:01;ok\n",
			want:  "2 matched by id 1\n3 duplicate"},
		{name: "one id, two sums", ops: []wish{{id: 1, user: "a", facts: done("d1")}},
			lines: "d1;;;deposit;a;100;UZS;2025-11-27 12:01;ok\nd1;;;deposit;a;100,01;UZS;2025-11-27 12:01;ok\n",
			want:  "2 ambiguous of [1]: id\n3 ambiguous of [1]: id"},
		{name: "one id, booked and failed", ops: []wish{{id: 1, user: "a", facts: done("d1")}},
			lines: "d1;;;deposit;a;100;UZS;2025-11-27 12:01;ok\nd1;;;deposit;a;100;UZS;2025-11-27 12:01;failed\n",
			want:  "2 ambiguous of [1]: id\n3 ambiguous of [1]: id"},
		{name: "two lines name one payout, each by another id", ops: []wish{{id: 1, user: "a", kind: api.KindPayout, request: "r", facts: []journal.Content{created(api.Unknown, "p1", "")}}},
			lines: ";p1;;payout;a;100;UZS;;ok\n;;r;payout;a;100;UZS;;ok\n", want: "2 ambiguous by id of [1]: id\n3 ambiguous by id of [1]: id"},
		{name: "two lines are recorded for one operation", ops: []wish{{id: 1, user: "a", facts: []journal.Content{unknown}}},
			lines: ";;;deposit;a;100;UZS;2025-11-27 12:01;ok\n;;;deposit;a;100;UZS;2025-11-27 12:02;ok\n", proved: map[int]int64{2: 1, 3: 1},
			want: "2 provable by row 1\n3 ambiguous by row of [1]: row"},
		{name: "a line names by its id what another line is recorded for", ops: []wish{{id: 1, user: "a", facts: done("d1")}, {id: 2, user: "a", facts: []journal.Content{unknown}}},
			lines: ";;;deposit;a;100;UZS;2025-11-27 12:01;ok\nd1;;;deposit;a;100;UZS;2025-11-27 12:02;ok\n", proved: map[int]int64{2: 1},
			want: "2 matched by row 1\n3 ambiguous by id of [1]: id\n- only_here 2"},
		{name: "one number, two sums, recorded for the first", ops: []wish{{id: 1, user: "a", facts: []journal.Content{unknown}}},
			lines: "d7;;;deposit;a;100;UZS;2025-11-27 12:01;ok\nd7;;;deposit;a;200;UZS;2025-11-27 12:01;ok\n", proved: map[int]int64{2: 1, 3: 1},
			want: "2 ambiguous of [1]: id\n3 ambiguous of [1]: id"},
		{name: "in conflict already", ops: []wish{{id: 1, user: "a", facts: []journal.Content{answered(api.Done, "d1"), answered(api.Done, "d2")}}},
			lines: "d1;;;deposit;a;100;UZS;2025-11-27 12:01;ok\n", want: "2 different by id 1: conflict"},
		{name: "against what never left", ops: []wish{{id: 1, user: "a", facts: []journal.Content{notSent}}},
			lines: ";;;deposit;a;100;UZS;2025-11-27 12:01;ok\n", want: "2 contradicts by terms 1"},
		{name: "another request_id", ops: []wish{{id: 1, user: "a", kind: api.KindPayout, request: "r", facts: []journal.Content{created(api.Unknown, "", "")}}},
			lines: ";;s;payout;a;100;UZS;2025-11-27 12:01;ok\n", want: "2 only_there\n- only_here 1"},
		{name: "one request_id, two payout_ids", ops: []wish{{id: 1, user: "a", kind: api.KindPayout, request: "r", facts: paid("p1", "")}},
			lines: ";p9;r;payout;a;100;UZS;;ok\n", want: "2 different by id 1: id"},
		{name: "the id of another kind", ops: []wish{{id: 1, user: "a", kind: api.KindPayout, request: "r", facts: paid("p1", "")}},
			lines: "p1;;;deposit;a;100;UZS;;ok\n", want: "2 different by id 1: kind"},
		{name: "another sum that a person accepted", ops: []wish{{id: 1, user: "a", facts: []journal.Content{answered(api.Mismatch, ""), journal.Decision{Ruling: journal.RuledAccepted, Amount: 15000}}}},
			lines: ";;;deposit;a;150;UZS;2025-11-27 12:01;ok\n", want: "2 matched by terms 1"},
		{name: "what was sent, where a person accepted another sum", ops: []wish{{id: 1, user: "a", facts: []journal.Content{answered(api.Mismatch, ""), journal.Decision{Ruling: journal.RuledAccepted, Amount: 15000}}}},
			lines: ";;;deposit;a;100;UZS;2025-11-27 12:01;ok\n", want: "2 different by terms 1: amount"},
		{name: "ruled out by a person, and the second one done", ops: []wish{{id: 1, user: "a", facts: []journal.Content{unknown, not}}, {id: 2, user: "a", minutes: 1, facts: done("")}},
			lines: ";;;deposit;a;100;UZS;2025-11-27 12:01;ok\n", want: "2 ambiguous by terms of [1 2]: terms"},
		{name: "pending there, done here", ops: []wish{{id: 1, user: "a", facts: done("d1")}},
			lines: "d1;;;deposit;a;100;UZS;2025-11-27 12:01;pending\n", want: "2 unproven by id 1: status"},
		{name: "pending there, completed here", ops: []wish{{id: 1, user: "a", kind: api.KindPayout, request: "r", facts: paid("p1", api.StatusCompleted)}},
			lines: ";p1;;payout;a;100;UZS;;pending\n", want: "2 unproven by id 1: status"},
		{name: "failed there, cancelled here", ops: []wish{{id: 1, user: "a", kind: api.KindPayout, request: "r", facts: paid("p1", api.StatusCancelled)}},
			lines: ";p1;;payout;a;100;UZS;;cancelled\n", want: "2 matched by id 1"},
		{name: "recorded before, and a person decided in spite of it", ops: []wish{{id: 1, user: "a", facts: []journal.Content{refused, journal.Statement{Row: "row", Amount: 10000, Currency: "UZS"}, not}}},
			lines: ";;;deposit;a;100;UZS;2025-11-27 12:01;ok\n", proved: map[int]int64{2: 1}, want: "2 different by row 1: ruled"},
		{name: "recorded before", ops: []wish{{id: 1, user: "a", facts: []journal.Content{unknown}}, {id: 2, user: "a", facts: []journal.Content{unknown}}},
			lines: ";;;deposit;a;100;UZS;2025-11-27 12:01;ok\n", proved: map[int]int64{2: 1}, want: "2 provable by row 1\n- only_here 2"},
		{name: "recorded for one that is gone", ops: []wish{{id: 2, user: "a", facts: []journal.Content{unknown}}},
			lines: ";;;deposit;a;100;UZS;2025-11-27 12:01;ok\n", proved: map[int]int64{2: 1}, want: "2 ambiguous by row of [1]: row\n- only_here 2"},
		{name: "still being sent", ops: []wish{{id: 1, user: "a", facts: []journal.Content{unknown, journal.Attempt{Owner: "o"}}}},
			lines: ";;;deposit;a;100;UZS;2025-11-27 12:01;ok\n", want: "2 unproven by terms 1: open"},
		{name: "a mismatch stays for a person", ops: []wish{{id: 1, user: "a", facts: []journal.Content{answered(api.Mismatch, "d1")}}},
			lines: "d1;;;deposit;a;100;UZS;2025-11-27 12:01;ok\n", want: "2 different by id 1: mismatch"},
		{name: "the zone is read wrongly", ops: []wish{{id: 1, user: "a", facts: done("d1")}, {id: 2, user: "b", facts: []journal.Content{unknown}}},
			lines: "d1;;;deposit;a;100;UZS;2025-11-27 17:00;ok\n;;;deposit;b;100;UZS;2025-11-27 12:00;ok\n",
			want:  "2 matched by id 1\n3 only_there: clock\n- only_here 2"},
		{name: "the zone is read wrongly, and no line has an id", ops: []wish{{id: 1, user: "a", facts: []journal.Content{unknown}}, {id: 2, user: "a", minutes: 5 * 60, facts: done("d2")}},
			lines: ";;;deposit;a;100;UZS;2025-11-27 12:01;ok\n", want: "2 ambiguous by terms of [1 2]: terms"},
		{name: "the same against a refusal", ops: []wish{{id: 1, user: "a", facts: []journal.Content{refused}}, {id: 2, user: "a", minutes: 5 * 60, facts: done("d2")}},
			lines: ";;;deposit;a;100;UZS;2025-11-27 12:01;ok\n", want: "2 ambiguous by terms of [1 2]: terms"},
		{name: "an equal one that has its own line", ops: []wish{{id: 1, user: "a", facts: []journal.Content{unknown}}, {id: 2, user: "a", minutes: 5 * 60, facts: done("")}},
			lines: ";;;deposit;a;100;UZS;2025-11-27 12:01;ok\n;;;deposit;a;100;UZS;2025-11-27 17:01;ok\n", want: "2 provable by terms 1\n3 matched by terms 2"},
		{name: "an equal one of another day", ops: []wish{{id: 1, user: "a", facts: []journal.Content{unknown}}, {id: 2, user: "a", minutes: 15 * 60, facts: done("d2")}},
			lines: ";;;deposit;a;100;UZS;2025-11-27 12:01;ok\n", want: "2 provable by terms 1"},
		{name: "an equal one of the night after, whose line this is if its zone is another", ops: []wish{{id: 1, user: "a", facts: []journal.Content{unknown}}, {id: 2, user: "a", minutes: 13 * 60, facts: done("d2")}},
			lines: ";;;deposit;a;100;UZS;2025-11-27 12:01;ok\n", want: "2 ambiguous by terms of [1 2]: terms"},
		{name: "the same, and the line says its zone", ops: []wish{{id: 1, user: "a", facts: []journal.Content{unknown}}, {id: 2, user: "a", minutes: 13 * 60, facts: done("d2")}},
			lines: ";;;deposit;a;100;UZS;2025-11-27T12:01:00Z;ok\n", want: "2 provable by terms 1"},
		{name: "the same, and another line shows that the zone is right", ops: []wish{{id: 1, user: "a", facts: []journal.Content{unknown}}, {id: 2, user: "a", minutes: 13 * 60, facts: done("d2")}, {id: 3, user: "b", facts: done("d3")}},
			lines: ";;;deposit;a;100;UZS;2025-11-27 12:01;ok\nd3;;;deposit;b;100;UZS;2025-11-27 12:01;ok\n", want: "2 provable by terms 1\n3 matched by id 3"},
		{name: "the same, and the other line says only its day", ops: []wish{{id: 1, user: "a", facts: []journal.Content{unknown}}, {id: 2, user: "a", minutes: 13 * 60, facts: done("d2")}, {id: 3, user: "b", facts: done("d3")}},
			lines: ";;;deposit;a;100;UZS;2025-11-27 12:01;ok\nd3;;;deposit;b;100;UZS;2025-11-27;ok\n", want: "2 ambiguous by terms of [1 2]: terms\n3 matched by id 3"},
		{name: "the same, and it was ruled out by a person", ops: []wish{{id: 1, user: "a", facts: []journal.Content{unknown}}, {id: 2, user: "a", minutes: -300, facts: []journal.Content{unknown, not}}},
			lines: ";;;deposit;a;100;UZS;2025-11-27 12:01;ok\n", want: "2 ambiguous by terms of [1 2]: terms"},
		{name: "the same, and it was proved before", ops: []wish{{id: 1, user: "a", facts: []journal.Content{unknown}}, {id: 2, user: "a", minutes: 13 * 60, facts: []journal.Content{unknown, journal.Statement{Row: "row", Amount: 10000, Currency: "UZS"}}}},
			lines: ";;;deposit;a;100;UZS;2025-11-27T12:01:00Z;ok\n", want: "2 ambiguous by terms of [1 2]: terms"},
		{name: "an equal one of which the line has another id", ops: []wish{{id: 1, user: "a", facts: []journal.Content{unknown}}, {id: 2, user: "a", minutes: 5 * 60, facts: done("raisboy_dep_2")}},
			lines: "raisboy_dep_1;;;deposit;a;100;UZS;2025-11-27 12:01;ok\n", want: "2 provable by terms 1\n- only_here 2"},
		{name: "the same, and no id is known to be the project's", ops: []wish{{id: 1, user: "a", facts: []journal.Content{unknown}}, {id: 2, user: "a", minutes: 5, facts: done("d2")}},
			lines: "1001;;;deposit;a;100;UZS;2025-11-27T12:01:00Z;ok\n", want: "2 ambiguous by terms of [1 2]: terms"},
		{name: "the same, and another line shows that they are", ops: []wish{{id: 1, user: "a", facts: []journal.Content{unknown}}, {id: 2, user: "a", minutes: 5, facts: done("d2")}, {id: 3, user: "b", facts: done("d3")}},
			lines: "1001;;;deposit;a;100;UZS;2025-11-27T12:01:00Z;ok\nd3;;;deposit;b;100;UZS;2025-11-27 12:01;ok\n", want: "2 provable by terms 1\n3 matched by id 3\n- only_here 2"},
		{name: "the project's id of a user who was not validated here", ops: []wish{{id: 1, user: "a", project: "#A", facts: []journal.Content{unknown}}, {id: 2, user: "a", minutes: 5, facts: done("d2")}},
			lines: ";;;deposit;#A;100;UZS;2025-11-27T12:01:00Z;ok\n", want: "2 ambiguous by terms of [1 2]: terms"},
		{name: "the same, and the other is a payout that is not final", ops: []wish{{id: 1, user: "a", project: "#A", kind: api.KindPayout, request: "r", facts: []journal.Content{created(api.Unknown, "", "")}},
			{id: 2, user: "a", kind: api.KindPayout, request: "s", minutes: 5, facts: paid("", "")}},
			lines: ";;;payout;#A;100;UZS;2025-11-27T12:01:00Z;ok\n", want: "2 ambiguous by terms of [1 2]: terms"},
		{name: "two users here, one there", ops: []wish{{id: 1, user: "a", project: "#A", facts: []journal.Content{unknown}}, {id: 2, user: "b", project: "#A", minutes: 5, facts: done("d2")}},
			lines: ";;;deposit;a;100;UZS;2025-11-27T12:01:00Z;ok\n", want: "2 ambiguous by terms of [1 2]: terms"},
		{name: "one's id there is the other's here", ops: []wish{{id: 1, user: "x", project: "#A", facts: []journal.Content{unknown}}, {id: 2, user: "#A", minutes: 5 * 60, facts: done("d2")}},
			lines: ";;;deposit;#A;100;UZS;2025-11-27 12:01;ok\n", want: "2 ambiguous by terms of [1 2]: terms"},
		{name: "a zone that is written and may be wrong", ops: []wish{{id: 1, user: "a", facts: []journal.Content{unknown}}, {id: 2, user: "a", minutes: 5 * 60, facts: done("d2")}},
			lines: ";;;deposit;a;100;UZS;2025-11-27T12:01:00Z;ok\n", want: "2 ambiguous by terms of [1 2]: terms"},
		{name: "one line shows that the zone is right, another that it is not", ops: []wish{{id: 1, user: "a", facts: []journal.Content{unknown}}, {id: 2, user: "a", minutes: 13 * 60, facts: done("d2")}, {id: 3, user: "b", facts: done("d3")}, {id: 4, user: "b", facts: done("d4")}},
			lines: ";;;deposit;a;100;UZS;2025-11-27 12:01;ok\nd3;;;deposit;b;100;UZS;2025-11-27 12:01;ok\nd4;;;deposit;b;100;UZS;2025-11-27 17:01;ok\n",
			want:  "2 ambiguous by terms of [1 2]: terms\n3 matched by id 3\n4 matched by id 4"},
		{name: "most lines show that the zone is wrong", ops: []wish{{id: 1, user: "a", facts: []journal.Content{unknown}}, {id: 3, user: "b", facts: done("d3")}, {id: 4, user: "b", facts: done("d4")}, {id: 5, user: "b", facts: done("d5")}},
			lines: ";;;deposit;a;100;UZS;2025-11-27 12:01;ok\nd3;;;deposit;b;100;UZS;2025-11-27 12:01;ok\nd4;;;deposit;b;100;UZS;2025-11-27 17:01;ok\nd5;;;deposit;b;100;UZS;2025-11-27 17:01;ok\n",
			want:  "2 only_there: clock\n3 matched by id 3\n4 matched by id 4\n5 matched by id 5\n- only_here 1"},
		{name: "a refund of what was refused here", ops: []wish{{id: 1, user: "a", facts: []journal.Content{refused}}},
			lines: ";;;deposit;a;100;UZS;2025-11-27 12:01;ok\n;;;refund;a;100;;;ok\n", want: "2 different by terms 1: reversed\n3 ignored: kind"},
		{name: "a user whose zeros a spreadsheet took", ops: []wish{{id: 1, user: "12", facts: []journal.Content{unknown}}, {id: 2, user: "0012", minutes: 5, facts: done("d2")}},
			lines: ";;;deposit;12;100;UZS;2025-11-27T12:01:00Z;ok\n", want: "2 ambiguous by terms of [1 2]: terms"},
		{name: "one number for a deposit and what takes it back", ops: []wish{{id: 1, user: "a", facts: []journal.Content{unknown}}},
			lines: "d9;;;deposit;a;100;UZS;2025-11-27 12:01;ok\n;d9;;payout;a;100;UZS;2025-11-27 12:02;ok\n", want: "2 ambiguous: id\n3 ambiguous: id\n- only_here 1"},
		{name: "a refund of the same id", ops: []wish{{id: 1, user: "a", facts: []journal.Content{unknown}}},
			lines: "d9;;;deposit;a;100;UZS;2025-11-27 12:01;ok\nd9;;;refund;;50;;;ok\n", want: "2 different by terms 1: reversed\n3 ignored: kind"},
		{name: "a refund of the same user and sum", ops: []wish{{id: 1, user: "a", project: "#A", facts: done("d1")}, {id: 2, user: "b", facts: done("d2")}},
			lines: "d1;;;deposit;;100;UZS;2025-11-27 12:01;ok\nd2;;;deposit;b;100;UZS;2025-11-27 12:01;ok\n;;;возврат;#A;-100;;;ok\n", want: "2 different by id 1: reversed\n3 matched by id 2\n4 ignored: kind"},
		{name: "a refund of which the sum cannot be read", ops: []wish{{id: 1, user: "a", facts: []journal.Content{unknown}}},
			lines: ";;;deposit;a;100;UZS;2025-11-27 12:01;ok\n;;;refund;a;all of it;;;ok\n", want: "2 different by terms 1: reversed\n3 ignored: kind"},
		{name: "a fee and a bonus are no refunds", ops: []wish{{id: 1, user: "a", facts: done("d1")}},
			lines: "d1;;;deposit;a;100;UZS;2025-11-27 12:01;ok\nd1;;;комиссия;a;1;;;ok\nd1;;;bonus;a;100;;;ok\n", want: "2 matched by id 1\n3 ignored: kind\n4 ignored: kind"},
		{name: "a fee keeps nothing from being proved, what nobody knows does", ops: []wish{{id: 1, user: "a", facts: []journal.Content{unknown}}, {id: 2, user: "b", facts: []journal.Content{unknown}}},
			lines: ";;;deposit;a;100;UZS;2025-11-27 12:01;ok\n;;;fee;a;100;;;ok\n;;;deposit;b;100;UZS;2025-11-27 12:01;ok\n;;;bonus;b;100;;;ok\n",
			want:  "2 provable by terms 1\n3 ignored: kind\n4 different by terms 2: reversed\n5 ignored: kind"},
		{name: "called off there, still to be handed over here", ops: []wish{{id: 1, user: "a", kind: api.KindPayout, request: "r", facts: paid("p1", api.StatusAccepted)}},
			lines: ";p1;;payout;a;100;UZS;;cancelled\n", want: "2 different by id 1: status"},
		{name: "the same without an id", ops: []wish{{id: 1, user: "a", kind: api.KindPayout, request: "r", facts: paid("p1", api.StatusAccepted)}},
			lines: ";;;payout;a;100;UZS;2025-11-27 12:01;cancelled\n", want: "2 unproven of [1]: status"},
		{name: "pending on both sides", ops: []wish{{id: 1, user: "a", kind: api.KindPayout, request: "r", facts: paid("p1", api.StatusAccepted)}},
			lines: ";p1;;payout;a;100;UZS;;pending\n", want: "2 matched by id 1"},
		{name: "another time than the statement's", ops: []wish{{id: 1, user: "a", minutes: 13 * 60, facts: done("d1")}}, lines: "", want: ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := mustRead(t, header+c.lines)
			r := rules()
			r.Proved = map[string]int64{}
			for _, row := range f.Rows {
				if id, ok := c.proved[row.Line]; ok {
					r.Proved[row.Key] = id
				}
			}
			if got := said(Match(f, entriesOf(t, c.ops...), r)); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// The partner's own numbers are no deposit_ids: that they are others proves
// nothing, but they tell lines apart.
func TestOwnNumbersOfThePartner(t *testing.T) {
	f := mustRead(t, "ID;type;user;amount;time\n5001;deposit;a;100;2025-11-27 12:01\n5002;deposit;b;100;2025-11-27 12:01\n")
	ops := entriesOf(t, wish{id: 1, user: "a", facts: []journal.Content{answered(api.Done, "d1")}},
		wish{id: 2, user: "b", facts: []journal.Content{answered(api.Unknown, "")}})
	results := Match(f, ops, rules())
	if got := said(results); got != "2 matched by terms 1\n3 provable by terms 2" {
		t.Fatal(got)
	}
	if proof := results[1].Proof(f.Digest); proof.DepositID != "" || proof.Row == "" || proof.Row == f.Rows[0].Key || proof.Digest != f.Digest {
		t.Fatalf("proof %+v", proof)
	}
}

func TestProofSaysWhatTheLineSays(t *testing.T) {
	f := mustRead(t, header+"raisboy_dep_9;;;deposit;a;100;UZS;2025-11-27 12:05;ok\n;pout_9;r;payout;a;100;UZS;;ok\n")
	results := Match(f, entriesOf(t, wish{id: 1, user: "a", facts: []journal.Content{answered(api.Unknown, "")}},
		wish{id: 2, user: "a", kind: api.KindPayout, request: "r", facts: []journal.Content{created(api.Unknown, "", "")}}), rules())
	deposit, payout := results[0].Proof(f.Digest), results[1].Proof(f.Digest)
	if deposit.DepositID != "raisboy_dep_9" || deposit.PayoutID != "" || deposit.Line != 2 || deposit.Amount != 10000 || deposit.Currency != "UZS" ||
		!deposit.At.Equal(noon().Add(5*time.Minute)) || deposit.By != ByTerms {
		t.Errorf("%+v", deposit)
	}
	if payout.PayoutID != "pout_9" || payout.DepositID != "" || payout.By != ByID {
		t.Errorf("%+v", payout)
	}
}
