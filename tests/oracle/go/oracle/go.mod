module github.com/talint/talint/tests/oracle/go/oracle

go 1.22.0

require github.com/siderolabs/talos/pkg/machinery v1.9.5
