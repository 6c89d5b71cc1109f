package oracle

import (
	"fmt"
	"io"
	"os"

	"github.com/siderolabs/talos/pkg/machinery/config/configloader"
	"github.com/siderolabs/talos/pkg/machinery/config/configpatcher"
	"github.com/siderolabs/talos/pkg/machinery/config/encoder"
)

// patchQuestion is a line of the input of "patch".
type patchQuestion struct {
	ID      string   `json:"id"`
	Base    string   `json:"base"`
	Patches []string `json:"patches"`
}

// patchAnswer is a line of the output of "patch".
type patchAnswer struct {
	ID     string `json:"id"`
	OK     bool   `json:"ok"`
	Result string `json:"result,omitempty"`
	Error  string `json:"error,omitempty"`
}

func patch(in io.Reader, out io.Writer) error {
	dir, err := os.MkdirTemp("", "oracle-patch")
	if err != nil {
		return err
	}

	defer os.RemoveAll(dir) //nolint:errcheck

	return answer(in, out, func(q patchQuestion) patchAnswer {
		result, err := patchText(dir, q.Base, q.Patches)
		if err != nil {
			return patchAnswer{ID: q.ID, Result: result, Error: err.Error()}
		}

		return patchAnswer{ID: q.ID, OK: true, Result: result}
	})
}

// patchText does what "talosctl machineconfig patch" does, and then loads the result as a machine would. A panic is an
// error like any other.
func patchText(dir, base string, texts []string) (result string, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()

	// As files, for what a patch on the command line is taken for depends on how it looks.
	arguments := make([]string, 0, len(texts))

	for number, text := range texts {
		name := fmt.Sprintf("%s/%d.yaml", dir, number)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			return "", err
		}

		arguments = append(arguments, "@"+name)
	}

	patches, err := configpatcher.LoadPatches(arguments)
	if err != nil {
		return "", err
	}

	patched, err := configpatcher.Apply(configpatcher.WithBytes([]byte(base)), patches)
	if err != nil {
		return "", err
	}

	text, err := patched.Bytes()
	if err != nil {
		return "", err
	}

	loaded, err := configloader.NewFromBytes(text)
	if err != nil {
		return "", fmt.Errorf("the result does not load: %w", err)
	}

	encoded, err := loaded.EncodeBytes(encoder.WithComments(encoder.CommentsDisabled))
	if err != nil {
		return "", err
	}

	return string(encoded), nil
}
