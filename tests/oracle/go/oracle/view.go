package oracle

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"github.com/siderolabs/talos/pkg/machinery/config"
	configconfig "github.com/siderolabs/talos/pkg/machinery/config/config"
	"github.com/siderolabs/talos/pkg/machinery/config/validation"
)

// viewQuestion is a line of the input of "view".
type viewQuestion struct {
	ID    string `json:"id"`
	Bytes []byte `json:"bytes"`
}

// viewAnswer is a line of the output of "view".
type viewAnswer struct {
	ID string `json:"id"`
	// Error says why the configuration does not load.
	Error string `json:"error,omitempty"`
	// Invalid says what validation finds wrong.
	Invalid string `json:"invalid,omitempty"`
	// View is what Talos reads from the configuration.
	View any `json:"view,omitempty"`
}

// A client validates for a machine, whatever that is.
type metal struct{}

func (metal) String() string        { return "metal" }
func (metal) RequiresInstall() bool { return false }
func (metal) InContainer() bool     { return false }

func view(in io.Reader, out io.Writer) error {
	return answer(in, out, func(q viewQuestion) viewAnswer {
		provider, err := loadText(q.Bytes, false)
		if err != nil {
			return viewAnswer{ID: q.ID, Error: err.Error()}
		}

		answer := viewAnswer{ID: q.ID}

		if err := validateAsClient(provider); err != nil {
			answer.Invalid = err.Error()
		}

		if answer.View, err = viewOf(provider); err != nil {
			answer.Error = err.Error()
		}

		return answer
	})
}

// validateAsClient is what talosctl does before it sends a configuration.
func validateAsClient(provider config.Provider) (err error) {
	defer recoverAs(&err)

	// The name of the method is not the same in every version.
	for _, name := range []string{"ValidateAsClient", "Validate"} {
		method := reflect.ValueOf(provider).MethodByName(name)
		if !method.IsValid() {
			continue
		}

		results := method.Call([]reflect.Value{reflect.ValueOf(metal{})})
		if err, failed := results[len(results)-1].Interface().(error); failed {
			return err
		}

		return nil
	}

	return errors.New("no way to validate")
}

func recoverAs(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("panic: %v", p)
	}
}

// viewOf calls every getter of the configuration. What Talos reads from either generation of configuration by itself,
// not through one getter, is put together as its controllers do.
func viewOf(provider config.Provider) (seen any, err error) {
	defer recoverAs(&err)

	root := getters{}
	all := root.of(reflect.ValueOf(provider), reflect.TypeFor[configconfig.Config]())

	view, _ := all.(map[string]any)
	if view == nil {
		return nil, errors.New("nothing is seen")
	}

	view["encryption"] = root.encryption(reflect.ValueOf(provider))
	view["volumes"] = root.volumes(reflect.ValueOf(provider))
	join(view)

	return view, nil
}

// getters calls methods without arguments, as far as they go.
type getters struct{}

// secretNames are the parts of the names of getters whose values are not to be shown.
var secretNames = []string{"Secret", "Token", "Password", "PrivateKey", "PresharedKey", "Auth", "Key"}

func (g getters) of(value reflect.Value, static reflect.Type) any {
	if !value.IsValid() || isNil(value) {
		return nil
	}

	if static.Kind() == reflect.Interface && static.NumMethod() > 0 && static.PkgPath() != "" {
		return g.interfaceOf(value, static)
	}

	switch static.Kind() { //nolint:exhaustive
	case reflect.Slice, reflect.Array:
		if static.Elem().Kind() == reflect.Uint8 {
			return hashed(value.Interface())
		}

		items := []any{}
		for i := range value.Len() {
			items = append(items, g.of(value.Index(i), static.Elem()))
		}

		if len(items) == 0 {
			return nil
		}

		return items
	case reflect.Map:
		entries := map[string]any{}
		for _, key := range value.MapKeys() {
			entries[fmt.Sprint(key.Interface())] = g.of(value.MapIndex(key), static.Elem())
		}

		if len(entries) == 0 {
			return nil
		}

		return entries
	}

	if present := value.MethodByName("IsPresent"); present.IsValid() && present.Type().NumOut() == 1 {
		if !present.Call(nil)[0].Bool() {
			return nil
		}

		inner := value.MethodByName("ValueOrZero").Call(nil)[0]
		if seen := g.of(inner, inner.Type()); seen != nil {
			return seen
		}

		return "present"
	}

	if stringer, ok := value.Interface().(fmt.Stringer); ok {
		return stringer.String()
	}

	// Certificates with their keys, and all else that has no getters.
	if static.Kind() == reflect.Struct || static.Kind() == reflect.Pointer {
		if strings.Contains(static.String(), "x509.") {
			return hashed(value.Interface())
		}
	}

	return value.Interface()
}

func (g getters) interfaceOf(value reflect.Value, static reflect.Type) any {
	seen := map[string]any{}

	for i := range static.NumMethod() {
		method := static.Method(i)
		if method.Type.NumIn() != 0 || method.Type.NumOut() == 0 || method.Name == "Clone" {
			continue
		}

		called := value
		if called.Kind() == reflect.Interface {
			called = called.Elem()
		}

		result := called.MethodByName(method.Name).Call(nil)[0]
		part := g.of(result, method.Type.Out(0))

		if text, ok := part.(string); ok && text != "" && slices.ContainsFunc(secretNames, func(name string) bool { return strings.Contains(method.Name, name) }) {
			part = hashed(text)
		}

		seen[method.Name] = part
	}
	// Something of which nothing is set is to Talos what is not there.
	if isZero(seen) {
		return nil
	}

	return seen
}

func isZero(seen map[string]any) bool {
	for _, value := range seen {
		if value != nil && !reflect.ValueOf(value).IsZero() {
			return false
		}
	}

	return true
}

func isNil(value reflect.Value) bool {
	switch value.Kind() { //nolint:exhaustive
	case reflect.Interface:
		return value.IsNil() || isNil(value.Elem())
	case reflect.Pointer, reflect.Map, reflect.Slice, reflect.Func, reflect.Chan:
		return value.IsNil()
	default:
		return false
	}
}

// hashed is what can be compared and tells nothing.
func hashed(value any) any {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(err)
	}

	if len(text) <= 4 {
		return nil
	}

	sum := sha256.Sum256(text)

	return "sha256:" + hex.EncodeToString(sum[:8])
}

// volumes is what the configuration says of each volume of the system, by getters that take a name.
func (g getters) volumes(provider reflect.Value) any {
	volumes := provider.MethodByName("Volumes")
	if !volumes.IsValid() {
		return nil
	}

	all := map[string]any{}

	for _, name := range []string{"STATE", "EPHEMERAL", "IMAGECACHE", "META"} {
		byName := volumes.Call(nil)[0].MethodByName("ByName")
		volume := byName.Call([]reflect.Value{reflect.ValueOf(name)})[0]
		seen := g.of(volume, byName.Type().Out(0))

		if parts, ok := seen.(map[string]any); ok {
			// Its encryption is put together with that of the machine configuration.
			delete(parts, "Encryption")
			delete(parts, "Name")

			if isZero(parts) {
				seen = nil
			}
		}

		all[name] = seen
	}

	return all
}

// encryption is that of a volume document, else of the machine configuration, as the volume controllers take it.
func (g getters) encryption(provider reflect.Value) any {
	all := map[string]any{}

	for _, name := range []string{"STATE", "EPHEMERAL"} {
		label := []reflect.Value{reflect.ValueOf(name)}

		if volumes := provider.MethodByName("Volumes"); volumes.IsValid() {
			volume := volumes.Call(nil)[0].MethodByName("ByName").Call(label)[0]

			if method := volume.MethodByName("Encryption"); method.IsValid() {
				if seen := g.of(method.Call(nil)[0], method.Type().Out(0)); seen != nil {
					all[name] = seen

					continue
				}
			}
		}

		machine := provider.MethodByName("Machine").Call(nil)[0]
		if isNil(machine) {
			continue
		}

		legacy := machine.MethodByName("SystemDiskEncryption").Call(nil)[0].MethodByName("Get")
		all[name] = g.of(legacy.Call(label)[0], legacy.Type().Out(0))
	}

	return all
}

// join puts together what Talos reads from both generations, and takes out what it does not look at.
func join(view map[string]any) {
	machine, _ := view["Machine"].(map[string]any)
	cluster, _ := view["Cluster"].(map[string]any)

	// Each of these has a getter of the whole configuration that reads both.
	for getter, legacy := range map[string]string{
		"SysctlConfig":    "Sysctls",
		"SysfsConfig":     "Sysfs",
		"UdevRulesConfig": "Udev",
	} {
		if _, ok := view[getter]; ok {
			delete(machine, legacy)
		}
	}

	delete(machine, "SystemDiskEncryption")

	// Variables of both are set, those of the document last.
	if environment, ok := view["Environment"]; ok {
		variables := map[string]any{}
		add := func(more any) {
			entries, _ := more.(map[string]any)
			for key, value := range entries {
				variables[key] = value
			}
		}

		add(machine["Env"])
		if document, ok := environment.(map[string]any); ok {
			add(document["Variables"])
		}

		delete(machine, "Env")
		view["Environment"] = variables
	}

	// A static host name leaves none to be made up.
	if hostname, ok := view["NetworkHostnameConfig"].(map[string]any); ok && hostname["Hostname"] != "" {
		delete(hostname, "AutoHostname")
	}

	// Only the machines of the control plane run these.
	if kind, _ := machine["Type"].(string); kind != "controlplane" && kind != "init" {
		delete(view, "K8sFlannelCNIConfig")
	}

	// What does not run needs no more.
	if proxy, ok := view["K8sProxyConfig"].(map[string]any); ok && proxy["Enabled"] == false {
		view["K8sProxyConfig"] = "disabled"
	}

	// Discovery by the service has a getter of its own.
	if _, ok := view["DiscoveryServiceConfigs"]; ok {
		discovery, _ := cluster["Discovery"].(map[string]any)
		registries, _ := discovery["Registries"].(map[string]any)
		kubernetes, _ := registries["Kubernetes"].(map[string]any)
		cluster["Discovery"] = discovery["Enabled"] == true && kubernetes["Enabled"] == true
	}

	joinEtcdEncryption(view, cluster)
}

// joinEtcdEncryption writes the secrets of the machine configuration as the API server is given them.
func joinEtcdEncryption(view, cluster map[string]any) {
	if _, ok := view["K8sEtcdEncryptionConfig"]; !ok {
		return
	}

	secretbox, aescbc := cluster["SecretboxEncryptionSecret"], cluster["AESCBCEncryptionSecret"]
	delete(cluster, "SecretboxEncryptionSecret")
	delete(cluster, "AESCBCEncryptionSecret")

	document, _ := view["K8sEtcdEncryptionConfig"].(map[string]any)
	if document != nil {
		view["K8sEtcdEncryptionConfig"] = hashSecrets(document["EtcdEncryptionConfig"])

		return
	}

	var providers []any

	for _, provider := range []struct {
		name, key string
		secret    any
	}{{"secretbox", "key2", secretbox}, {"aescbc", "key1", aescbc}} {
		if secret, _ := provider.secret.(string); secret != "" {
			providers = append(providers, map[string]any{
				provider.name: map[string]any{"keys": []any{map[string]any{"name": provider.key, "secret": secret}}},
			})
		}
	}

	if providers == nil {
		return
	}

	view["K8sEtcdEncryptionConfig"] = map[string]any{
		"apiVersion": "v1",
		"kind":       "EncryptionConfig",
		"resources": []any{map[string]any{
			"resources": []any{"secrets"},
			"providers": append(providers, map[string]any{"identity": nil}),
		}},
	}
}

// hashSecrets hides the secrets of a free-form value, and writes what is empty in one way.
func hashSecrets(value any) any {
	switch value := value.(type) {
	case map[string]any:
		out := map[string]any{}

		for key, inner := range value {
			if secret, ok := inner.(string); ok && key == "secret" {
				inner = hashed(secret)
			}

			out[key] = hashSecrets(inner)
		}

		if len(out) == 0 {
			return nil
		}

		return out
	case []any:
		out := make([]any, 0, len(value))
		for _, inner := range value {
			out = append(out, hashSecrets(inner))
		}

		return out
	default:
		return value
	}
}

var _ validation.RuntimeMode = metal{}
