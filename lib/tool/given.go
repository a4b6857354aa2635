package tool

import "errors"

// Given is v, and notes in *given that the option was given: for values of
// which zero means something else than nothing (-n 0 makes no record).
func Given(v Value, given *bool) Value { return givenValue{v, given} }

type givenValue struct {
	Value
	given *bool
}

func (v givenValue) Set(s string) error {
	*v.given = true
	return v.Value.Set(s)
}

// Positive is v, but zero is refused. The zero of v must print as nothing, as
// the quantities of package units do.
func Positive(v Value) Value { return positiveValue{v} }

type positiveValue struct{ Value }

func (v positiveValue) Set(s string) error {
	if err := v.Value.Set(s); err != nil {
		return err
	}
	if v.Value.String() == "" {
		return errors.New("zero makes no sense here")
	}
	return nil
}
