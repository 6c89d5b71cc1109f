package oracle

import (
	"fmt"
	"io"

	"github.com/siderolabs/talos/pkg/machinery/config/validation"
)

// validateQuestion is a line of the input of "validate".
type validateQuestion struct {
	ID string `json:"id"`
	// Bytes is base64 in JSON.
	Bytes []byte `json:"bytes"`
	// Modes are those to validate for: "metal", "cloud", "container".
	Modes []string `json:"modes"`
}

// validateAnswer is a line of the output of "validate".
type validateAnswer struct {
	ID string `json:"id"`
	// LoadError is why the text does not load; then there are no results.
	LoadError string             `json:"loadError,omitempty"`
	Results   []validationResult `json:"results,omitempty"`
}

// validationResult is what validation says in one mode, in the order of the modes asked for.
type validationResult struct {
	Error    string   `json:"error,omitempty"`
	Warnings []string `json:"warnings,omitempty"`
}

func validate(in io.Reader, out io.Writer) error {
	return answer(in, out, func(q validateQuestion) validateAnswer {
		if _, err := loadText(q.Bytes, false); err != nil {
			return validateAnswer{ID: q.ID, LoadError: err.Error()}
		}

		answer := validateAnswer{ID: q.ID}
		for _, mode := range q.Modes {
			answer.Results = append(answer.Results, validateText(q.Bytes, runtimeMode(mode)))
		}

		return answer
	})
}

// validateText does what "talosctl validate" does. The text is loaded anew, for validation may change what it looks at.
// A panic is an error like any other.
func validateText(text []byte, mode runtimeMode) (result validationResult) {
	defer func() {
		if p := recover(); p != nil {
			result.Error = fmt.Sprintf("panic: %v", p)
		}
	}()

	provider, err := loadText(text, false)
	if err != nil {
		return validationResult{Error: err.Error()}
	}

	//nolint:staticcheck // the newer name is not in every version
	warnings, err := provider.Validate(mode, validation.WithLocal())
	if err != nil {
		result.Error = err.Error()
	}

	result.Warnings = warnings

	return result
}

// runtimeMode is a mode by the name that talosctl knows it by.
type runtimeMode string

func (mode runtimeMode) String() string { return string(mode) }

// RequiresInstall implements validation.RuntimeMode.
func (mode runtimeMode) RequiresInstall() bool { return mode == "metal" }

// InContainer implements validation.RuntimeMode.
func (mode runtimeMode) InContainer() bool { return mode == "container" }
