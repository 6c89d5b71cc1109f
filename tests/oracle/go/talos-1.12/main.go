// Command talos-1.12 is the oracle of Talos 1.12.
package main

import "github.com/talint/talint/tests/oracle/go/oracle"

func main() {
	oracle.Main("1.12")
}
