package oracle

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/siderolabs/talos/pkg/machinery/config"
	"github.com/siderolabs/talos/pkg/machinery/config/encoder"
	"github.com/siderolabs/talos/pkg/machinery/config/generate"
	"github.com/siderolabs/talos/pkg/machinery/config/generate/secrets"
	"github.com/siderolabs/talos/pkg/machinery/config/machine"
	"github.com/siderolabs/talos/pkg/machinery/constants"
)

const (
	oldestMinor = 9
	clusterName = "example"
	endpoint    = "https://192.0.2.10:6443"
)

// secretsStart is when the certificates of the secrets bundle become valid.
var secretsStart = time.Date(2025, time.January, 1, 0, 0, 0, 0, time.UTC)

// generateAll writes the configurations of this version, commented as asked, and of each older version contract,
// without comments.
func generateAll(minor, secretsFile, dir string, comments encoder.CommentsFlags) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}

	own, err := strconv.Atoi(strings.TrimPrefix(minor, "1."))
	if err != nil {
		return err
	}

	if err := generateContract(minor, minor, secretsFile, dir, "", comments); err != nil {
		return err
	}

	for n := oldestMinor; n < own; n++ {
		contract := fmt.Sprintf("1.%d", n)
		if err := generateContract(minor, contract, secretsFile, dir, "contract-"+contract+"-", encoder.CommentsDisabled); err != nil {
			return err
		}
	}

	return nil
}

func generateContract(minor, contract, secretsFile, dir, prefix string, comments encoder.CommentsFlags) error {
	versionContract, err := config.ParseContractFromVersion("v" + contract)
	if err != nil {
		return err
	}

	bundle, err := secrets.LoadBundle(secretsFile)
	if err != nil {
		return err
	}

	bundle.Clock = secrets.NewFixedClock(secretsStart)

	input, err := generate.NewInput(clusterName, endpoint, constants.DefaultKubernetesVersion,
		generate.WithSecretsBundle(bundle),
		generate.WithVersionContract(versionContract),
		generate.WithInstallDisk("/dev/sda"),
		generate.WithInstallImage(installImage(minor)),
		generate.WithDNSDomain("cluster.local"),
		generate.WithClusterDiscovery(true),
		withPersist,
	)
	if err != nil {
		return err
	}

	for _, machineType := range []machine.Type{machine.TypeControlPlane, machine.TypeWorker} {
		provider, err := input.Config(machineType)
		if err != nil {
			return err
		}

		text, err := provider.EncodeBytes(encoder.WithComments(comments))
		if err != nil {
			return err
		}

		name := filepath.Join(dir, prefix+machineType.String()+".yaml")
		if err := os.WriteFile(name, text, 0o644); err != nil {
			return err
		}
	}

	return nil
}

// installImage is what talosctl writes by default: from 1.14 the installer of the Image Factory without extensions.
func installImage(minor string) string {
	if minor == "1.14" {
		return "factory.talos.dev/metal-installer/376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d603b4ba:v1.14.0"
	}

	return "ghcr.io/siderolabs/installer:v" + minor + ".0"
}

// withPersist sets what talosctl sets by default as long as the option exists, which is not in every version.
func withPersist(options *generate.Options) error {
	if persist := reflect.ValueOf(options).Elem().FieldByName("Persist"); persist.IsValid() {
		persist.SetBool(true)
	}

	return nil
}

// makeSecrets writes a new secrets bundle.
func makeSecrets(minor, file string) error {
	versionContract, err := config.ParseContractFromVersion("v" + minor)
	if err != nil {
		return err
	}

	bundle, err := secrets.NewBundle(secrets.NewFixedClock(secretsStart), versionContract)
	if err != nil {
		return err
	}

	text, err := encoder.NewEncoder(bundle, encoder.WithComments(encoder.CommentsDisabled)).Encode()
	if err != nil {
		return err
	}

	header := "# Made for the examples of this repository by `oracle secrets`; used nowhere else.\n"

	return os.WriteFile(file, append([]byte(header), text...), 0o600)
}
