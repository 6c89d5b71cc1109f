// Command talos-1.10 is the oracle of Talos 1.10.
package main

import "github.com/talint/talint/tests/oracle/go/oracle"

func main() {
	oracle.Main("1.10")
}
