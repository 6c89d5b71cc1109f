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
	ID   string `json:"id"`
	Text string `json:"text"`
	// Bytes replaces Text where the text is not UTF-8; base64 in JSON.
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
	lines := json.NewDecoder(bufio.NewReaderSize(in, 1<<20))
	buffered := bufio.NewWriterSize(out, 1<<20)
	answers := json.NewEncoder(buffered)
	answers.SetEscapeHTML(false)

	for {
		var q question
		if err := lines.Decode(&q); errors.Is(err, io.EOF) {
			return buffered.Flush()
		} else if err != nil {
			return err
		}

		text := q.Bytes
		if text == nil {
			text = []byte(q.Text)
		}

		answer := verdict{ID: q.ID, OK: true}
		if _, err := loadText(text, q.Patch); err != nil {
			answer.OK, answer.Error = false, err.Error()
		}

		if err := answers.Encode(answer); err != nil {
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
