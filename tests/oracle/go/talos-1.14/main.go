// Command talos-1.14 is the oracle of Talos 1.14.
package main

import "github.com/talint/talint/tests/oracle/go/oracle"

func main() {
	oracle.Main("1.14")
}
