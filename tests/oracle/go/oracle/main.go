// Package oracle asks one released version of Talos what it makes of a machine configuration.
//
// Every command answers from the code of that release, so that what talint says can be compared with it.
package oracle

import (
	"fmt"
	"os"

	"github.com/siderolabs/talos/pkg/machinery/config/encoder"
)

const usage = `usage: oracle COMMAND
  load                  reads documents as JSON lines from standard input, writes a verdict a line
  patch                 reads bases with patches as JSON lines from standard input, writes a result a line
  view                  reads configurations as JSON lines from standard input, writes what Talos sees in each
  generate SECRETS DIR  writes the configurations of "talosctl gen config" to DIR
  generate-plain SECRETS DIR
                        the same without comments
  schema MODULE_DIR     writes what the decoder takes as JSON; MODULE_DIR holds the module's source
  secrets FILE          makes a new secrets bundle`

// Main runs the oracle of the Talos minor version given, as in "1.9".
func Main(minor string) {
	var err error

	switch args := os.Args[1:]; {
	case len(args) == 1 && args[0] == "load":
		err = load(os.Stdin, os.Stdout)
	case len(args) == 1 && args[0] == "patch":
		err = patch(os.Stdin, os.Stdout)
	case len(args) == 1 && args[0] == "view":
		err = view(os.Stdin, os.Stdout)
	case len(args) == 3 && args[0] == "generate":
		err = generateAll(minor, args[1], args[2], encoder.CommentsAll)
	case len(args) == 3 && args[0] == "generate-plain":
		err = generateAll(minor, args[1], args[2], encoder.CommentsDisabled)
	case len(args) == 2 && args[0] == "schema":
		err = dumpSchema(minor, args[1], os.Stdout)
	case len(args) == 2 && args[0] == "secrets":
		err = makeSecrets(minor, args[1])
	default:
		err = fmt.Errorf("%s", usage)
	}

	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
