package render

import "github.com/raisboy/raisboy/pkg/api"

// An ownID is an id that somebody here gave: a user_id, a ref, a request_id. Its
// cell in CSV is read back when rows are run again, so it must be the id to the
// character: a ref with another kind of space would be another key, and the same
// row would be paid under both.
type ownID string

// legible gives the id as it is. What could not have been given as an id, for it
// holds what cannot be seen, is no id but damage, and is shown like any other text.
func (id ownID) legible() string {
	if api.CheckText("", string(id), api.MaxID) != nil {
		return Sanitize(string(id))
	}
	return string(id)
}

// idOrNull gives an id, or null where there is none.
func idOrNull(id string) any {
	if id == "" {
		return nil
	}
	return ownID(id)
}
