package oracle

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/siderolabs/talos/pkg/machinery/config"
	"github.com/siderolabs/talos/pkg/machinery/config/configloader"
)

// question is a line of the input of "load".
type question struct {
	ID string `json:"id"`
	// Bytes is base64 in JSON: what is asked about need not be UTF-8.
	Bytes []byte `json:"bytes"`
	// Patch allows `$patch: delete`, as talosctl does for patches.
	Patch bool `json:"patch"`
}

// verdict is a line of the output of "load".
type verdict struct {
	ID    string `json:"id"`
	OK    bool   `json:"ok"`
	Error string `json:"error,omitempty"`
}

func load(in io.Reader, out io.Writer) error {
	return answer(in, out, func(q question) verdict {
		if _, err := loadText(q.Bytes, q.Patch); err != nil {
			return verdict{ID: q.ID, Error: err.Error()}
		}

		return verdict{ID: q.ID, OK: true}
	})
}

// answer reads questions, one a line, and writes the answer to each, in their order.
func answer[Q, A any](in io.Reader, out io.Writer, to func(Q) A) error {
	lines := json.NewDecoder(bufio.NewReaderSize(in, 1<<20))
	buffered := bufio.NewWriterSize(out, 1<<20)
	answers := json.NewEncoder(buffered)
	answers.SetEscapeHTML(false)

	for {
		var q Q
		if err := lines.Decode(&q); errors.Is(err, io.EOF) {
			return buffered.Flush()
		} else if err != nil {
			return err
		}

		if err := answers.Encode(to(q)); err != nil {
			return err
		}
		// A caller that waits for each answer before it asks again must not wait for ever.
		if lines.More() {
			continue
		}

		if err := buffered.Flush(); err != nil {
			return err
		}
	}
}

// loadText loads a configuration; a panic of the loader is an error like any other.
func loadText(text []byte, patch bool) (provider config.Provider, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()

	if patch {
		return configloader.NewFromBytes(text, configloader.WithAllowPatchDelete())
	}

	return configloader.NewFromBytes(text)
}
