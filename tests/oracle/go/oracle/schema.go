package oracle

import (
	"encoding"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"runtime/debug"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/siderolabs/talos/pkg/machinery/config/config"
	"github.com/siderolabs/talos/pkg/machinery/config/encoder"
)

const modulePath = "github.com/siderolabs/talos/pkg/machinery"

// dump is the output of "schema".
type dump struct {
	Talos     string                 `json:"talos"`
	Module    string                 `json:"module"`
	Documents []*documentDump        `json:"documents"`
	Types     map[string]*typeDump   `json:"types"`
	Customs   map[string]*customDump `json:"customs"`
}

// documentDump describes a document kind.
type documentDump struct {
	Kind string `json:"kind"`
	Type string `json:"type"`
	// NameField is the field that gives a named document its name.
	NameField string `json:"nameField,omitempty"`
	Named     bool   `json:"named,omitempty"`
	// Methods of the document's type that the loader or the validation acts on.
	ControlplaneOnly  bool `json:"controlplaneOnly,omitempty"`
	ConflictsV1Alpha1 bool `json:"conflictsV1alpha1,omitempty"`
	Redacts           bool `json:"redacts,omitempty"`
	// ConflictsWith are the kinds that the loader refuses beside this one (under the same name, if it has one).
	ConflictsWith []string `json:"conflictsWith,omitempty"`
	// ClaimsLink are the fields whose link names no other document may claim.
	ClaimsLink []string `json:"claimsLink,omitempty"`
	InSchema   bool     `json:"inSchema"`
}

// typeDump describes a struct.
type typeDump struct {
	Package string       `json:"package"`
	Fields  []*fieldDump `json:"fields"`
	// Rest is the value of an inlined map, which takes every key that is no field.
	Rest       string `json:"rest,omitempty"`
	InSchema   bool   `json:"inSchema"`
	Deprecated bool   `json:"deprecated,omitempty"`
}

// fieldDump describes a field of a struct.
type fieldDump struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	// Deprecated and Mentions come from the field's doc comment; Mentions holds the names it points to.
	Deprecated bool     `json:"deprecated,omitempty"`
	Mentions   []string `json:"mentions,omitempty"`
	// Written is what the encoder writes for the field when it is not set; empty when that is nothing.
	Written string `json:"written,omitempty"`
	// What the published JSON schema has on the field.
	InSchema bool     `json:"inSchema"`
	Required bool     `json:"required,omitempty"`
	Enum     []string `json:"enum,omitempty"`
	Pattern  string   `json:"pattern,omitempty"`
	Minimum  string   `json:"minimum,omitempty"`
	Maximum  string   `json:"maximum,omitempty"`
	// Type is the JSON type.
	Type string `json:"type,omitempty"`
}

// customDump describes a type that decodes itself.
type customDump struct {
	Package string `json:"package"`
	GoKind  string `json:"goKind"`
	// Accepts are the candidate texts it takes.
	Accepts []string `json:"accepts,omitempty"`
	// AnyCase is set if it takes each of them in other letter case too.
	AnyCase bool `json:"anyCase,omitempty"`
	// TakesAnyText is set if it takes a text that is no name of anything.
	TakesAnyText bool `json:"takesAnyText,omitempty"`
	// Structure is how the type would decode if it did not decode itself. A type that only decodes texts
	// itself still takes mappings or sequences that way.
	Structure string `json:"structure,omitempty"`
	TextOnly  bool   `json:"textOnly,omitempty"`
}

var (
	textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()
	durationType    = reflect.TypeFor[time.Duration]()
	timeType        = reflect.TypeFor[time.Time]()
)

type schemaDumper struct {
	out    *dump
	source *source
	types  map[string]reflect.Type
	errs   []string
}

func dumpSchema(minor, moduleDir string, out io.Writer) error {
	src, err := parseSource(moduleDir)
	if err != nil {
		return err
	}

	d := &schemaDumper{
		out: &dump{
			Talos:   minor,
			Module:  moduleVersion(),
			Types:   map[string]*typeDump{},
			Customs: map[string]*customDump{},
		},
		source: src,
		types:  map[string]reflect.Type{},
	}

	documents := d.findDocuments()

	for _, doc := range documents {
		d.describeDocument(doc)
		d.value(reflect.TypeOf(doc).Elem())
	}

	for _, doc := range d.out.Documents {
		if doc.Named {
			doc.NameField = d.nameField(doc)
			doc.ClaimsLink = d.claimedLinks(doc)
		}
	}

	if len(d.errs) > 0 {
		return fmt.Errorf("%s", strings.Join(d.errs, "\n"))
	}

	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)

	return encoder.Encode(d.out)
}

func moduleVersion() string {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if module.Path == modulePath {
			return module.Version
		}
	}

	return ""
}

// findDocuments asks the decoder for a document of every kind: the registry of kinds is internal to the module,
// so every string in the source is tried as one.
func (d *schemaDumper) findDocuments() []config.Document {
	var found []config.Document

	provider, err := loadText([]byte("machine: {}\n"), false)
	if err != nil {
		d.errs = append(d.errs, "no machine configuration: "+err.Error())

		return nil
	}

	found = append(found, provider.RawV1Alpha1())

	for _, kind := range d.source.literalsUnder("config/types") {
		if !isName(kind) {
			continue
		}

		text := "apiVersion: v1alpha1\nkind: " + kind + "\n"

		provider, err := loadText([]byte(text), false)
		if err != nil && strings.Contains(err.Error(), "not registered") {
			continue
		}

		if err != nil {
			// The two links of a pair must not have the same name, not even none.
			provider, err = loadText([]byte(text+"name: one\npeer:\n  name: other\n"), false)
		}

		if err != nil {
			d.errs = append(d.errs, kind+" is a kind, but no document of it could be made: "+err.Error())

			continue
		}

		if documents := provider.Documents(); len(documents) == 1 && documents[0].Kind() == kind {
			found = append(found, documents[0])
		}
		// No other API version is known; a new one would have to be written down.
		for _, version := range []string{"v1alpha2", "v1alpha3", "v1beta1", "v1beta2", "v1"} {
			if _, err := loadText([]byte("apiVersion: "+version+"\nkind: "+kind+"\n"), false); err == nil {
				d.errs = append(d.errs, kind+" has another API version: "+version)
			}
		}
	}

	return found
}

// isName tells whether the text can be a kind. The names of the two keys are none: they would be read as keys.
func isName(text string) bool {
	return text != "" && text != "v1alpha1" && text != "kind" && text != "apiVersion" && !strings.ContainsFunc(text, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9')
	})
}

func (d *schemaDumper) describeDocument(doc config.Document) {
	typ := reflect.TypeOf(doc)
	out := &documentDump{Kind: doc.Kind(), Type: typ.Elem().String()}

	if out.Type == "v1alpha1.Config" {
		out.Kind = "v1alpha1"
	}

	_, out.Named = doc.(config.NamedDocument)
	out.ControlplaneOnly = hasMethod(typ, "ControlplaneOnlyDocument")
	out.ConflictsV1Alpha1 = hasMethod(typ, "V1Alpha1ConflictValidate")
	_, out.Redacts = doc.(config.SecretDocument)
	out.InSchema = d.source.schema.has(out.Type)

	if conflicting, ok := doc.(interface{ ConflictsWithKinds() []string }); ok {
		for _, kind := range conflicting.ConflictsWithKinds() {
			if d.refusedTogether(out, kind) {
				out.ConflictsWith = append(out.ConflictsWith, kind)
			}
		}

		sort.Strings(out.ConflictsWith)
	}

	d.out.Documents = append(d.out.Documents, out)
}

// refusedTogether asks the loader whether the kinds conflict, for what a document says of itself counts only
// where the loader looks at it.
func (d *schemaDumper) refusedTogether(doc *documentDump, kind string) bool {
	text := "apiVersion: v1alpha1\nkind: " + doc.Kind + "\nname: x\n---\napiVersion: v1alpha1\nkind: " + kind + "\nname: x\n"
	_, err := loadText([]byte(text), false)

	return err != nil && strings.Contains(err.Error(), "conflicting")
}

func hasMethod(typ reflect.Type, name string) bool {
	_, ok := typ.MethodByName(name)

	return ok
}

// nameField finds the field whose value the document gives as its name.
func (d *schemaDumper) nameField(doc *documentDump) string {
	for _, field := range d.out.Types[doc.Type].Fields {
		provider, err := loadText([]byte(fmt.Sprintf("apiVersion: v1alpha1\nkind: %s\n%s: name-probe\n", doc.Kind, field.Name)), false)
		if err != nil {
			continue
		}

		if named, ok := provider.Documents()[0].(config.NamedDocument); ok && named.Name() == "name-probe" {
			return field.Name
		}
	}

	d.errs = append(d.errs, doc.Kind+" is named, but by no field found")

	return ""
}

// claimedLinks finds the fields whose value is the name of a link that no second document may configure.
func (d *schemaDumper) claimedLinks(doc *documentDump) []string {
	var claimed []string

	for _, path := range d.stringPaths(doc.Type, 2) {
		text := fmt.Sprintf("apiVersion: v1alpha1\nkind: %s\n", doc.Kind)
		indent := ""

		for _, name := range path[:len(path)-1] {
			text += indent + name + ":\n"
			indent += "  "
		}

		text += indent + path[len(path)-1] + ": link-probe\n"

		if _, err := loadText([]byte(text), false); err != nil {
			continue
		}

		// The second link of a pair is claimed too, and conflicts with no kind as such.
		text += "---\napiVersion: v1alpha1\nkind: VethConfig\nname: other\npeer:\n  name: link-probe\n"
		if _, err := loadText([]byte(text), false); err != nil && strings.Contains(err.Error(), "both configure") {
			claimed = append(claimed, strings.Join(path, "."))
		}
	}

	return claimed
}

// stringPaths lists the paths to the string fields of a struct, through at most depth structs.
func (d *schemaDumper) stringPaths(typ string, depth int) [][]string {
	var paths [][]string

	described, ok := d.out.Types[typ]
	if !ok || depth == 0 {
		return nil
	}

	for _, field := range described.Fields {
		value := strings.TrimPrefix(field.Value, "*")
		if value == "string" && field.Name != "kind" && field.Name != "apiVersion" {
			paths = append(paths, []string{field.Name})
		}

		for _, rest := range d.stringPaths(value, depth-1) {
			paths = append(paths, append([]string{field.Name}, rest...))
		}
	}

	return paths
}

// value describes how a value of the type decodes, and remembers the structs in it.
func (d *schemaDumper) value(typ reflect.Type) string {
	switch typ {
	case durationType:
		return "duration"
	case timeType:
		return "timestamp"
	}

	if typ.Kind() == reflect.Pointer {
		return "*" + d.value(typ.Elem())
	}

	if typ.Kind() != reflect.Interface && decodesItself(typ) {
		return "custom:" + d.custom(typ)
	}

	return d.structure(typ)
}

// structure describes how a value of the type decodes where the type has no part in it itself.
func (d *schemaDumper) structure(typ reflect.Type) string {
	switch typ.Kind() {
	case reflect.Struct:
		return d.structType(typ)
	case reflect.Slice, reflect.Array:
		return "list<" + d.value(typ.Elem()) + ">"
	case reflect.Map:
		if key := d.value(typ.Key()); key != "string" {
			return "map<" + key + "," + d.value(typ.Elem()) + ">"
		}

		return "map<" + d.value(typ.Elem()) + ">"
	case reflect.Interface:
		if typ.NumMethod() == 0 {
			return "any"
		}
	case reflect.Bool, reflect.String, reflect.Float32, reflect.Float64,
		reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		if typ.PkgPath() != "" && typ.Kind() != reflect.String && typ.Kind() != reflect.Bool {
			// A number with a name of its own can have a notation of its own.
			return "named:" + typ.String() + ":" + typ.Kind().String()
		}

		return typ.Kind().String()
	}

	d.errs = append(d.errs, "cannot describe "+typ.String())

	return "any"
}

func decodesItself(typ reflect.Type) bool {
	pointer := reflect.PointerTo(typ)

	return hasMethod(pointer, "UnmarshalYAML") || pointer.Implements(textUnmarshaler)
}

// remember makes sure that a name stands for one type only.
func (d *schemaDumper) remember(typ reflect.Type) (string, bool) {
	name := typ.String()

	known, ok := d.types[name]
	if ok && known != typ {
		d.errs = append(d.errs, "two types are called "+name)
	}

	d.types[name] = typ

	return name, ok
}

func (d *schemaDumper) structType(typ reflect.Type) string {
	name, known := d.remember(typ)
	if known {
		return name
	}

	out := &typeDump{
		Package:    typ.PkgPath(),
		Fields:     []*fieldDump{},
		InSchema:   d.source.schema.has(name),
		Deprecated: d.source.typeDoc(typ.PkgPath(), typ.Name()).deprecated,
	}
	d.out.Types[name] = out
	d.fields(typ, name, out)
	slices.SortFunc(out.Fields, func(a, b *fieldDump) int { return strings.Compare(a.Name, b.Name) })

	return name
}

// fields adds the fields of a struct as the YAML decoder names them.
func (d *schemaDumper) fields(typ reflect.Type, name string, out *typeDump) {
	for i := range typ.NumField() {
		field := typ.Field(i)
		if field.PkgPath != "" && !field.Anonymous {
			continue
		}

		tag := field.Tag.Get("yaml")
		if tag == "" && !strings.Contains(string(field.Tag), ":") {
			tag = string(field.Tag)
		}

		if tag == "-" {
			continue
		}

		key, options, _ := strings.Cut(tag, ",")
		if slices.Contains(strings.Split(options, ","), "inline") {
			inlined := field.Type
			for inlined.Kind() == reflect.Pointer {
				inlined = inlined.Elem()
			}

			switch inlined.Kind() {
			case reflect.Struct:
				d.fields(inlined, name, out)
			case reflect.Map:
				out.Rest = d.value(inlined.Elem())
			default:
				d.errs = append(d.errs, "cannot inline "+name+"."+field.Name)
			}

			continue
		}

		if field.PkgPath != "" {
			continue
		}

		if key == "" {
			key = strings.ToLower(field.Name)
		}

		doc := d.source.fieldDoc(typ.PkgPath(), typ.Name(), field.Name)
		described := &fieldDump{
			Name:       key,
			Value:      d.value(field.Type),
			Deprecated: doc.deprecated,
			Mentions:   doc.mentions,
		}

		if !slices.Contains(strings.Split(options, ","), "omitempty") {
			described.Written = written(field.Type)
		}

		d.source.schema.annotate(name, described)
		out.Fields = append(out.Fields, described)
	}
}

// written is the zero of a type as the encoder writes it; "struct" when that is more than a line.
func written(typ reflect.Type) (text string) {
	defer func() {
		if recover() != nil {
			text = "null"
		}
	}()

	encoded, err := encoder.NewEncoder(reflect.Zero(typ).Interface(), encoder.WithComments(encoder.CommentsDisabled)).Encode()
	if err != nil {
		return "null"
	}

	text = strings.TrimSpace(string(encoded))
	if strings.ContainsAny(text, ":\n") {
		return "struct"
	}

	return text
}

func (d *schemaDumper) custom(typ reflect.Type) string {
	name, known := d.remember(typ)
	if known {
		return name
	}

	out := &customDump{
		Package:  typ.PkgPath(),
		GoKind:   typ.Kind().String(),
		TextOnly: !hasMethod(reflect.PointerTo(typ), "UnmarshalYAML"),
	}
	d.out.Customs[name] = out
	// Types from elsewhere (addresses of the standard library, …) are known by their name.
	if strings.HasPrefix(typ.PkgPath(), modulePath) || strings.Contains(typ.PkgPath(), "siderolabs") {
		// The structure is found under the same name, so forget that the name was seen.
		delete(d.types, name)
		out.Structure = d.structure(typ)
		d.types[name] = typ
	}

	d.probe(typ, out)

	return name
}

// probe finds out which texts the type takes.
func (d *schemaDumper) probe(typ reflect.Type, out *customDump) {
	out.TakesAnyText = takes(typ, "no such-thing ?%")

	// Only numbers stand for one of a few names; the other types have a notation.
	switch typ.Kind() {
	case reflect.Struct, reflect.Slice, reflect.Map:
		return
	}

	names := stringerNames(typ)
	spelled := map[string]bool{}

	for _, name := range names {
		spelled[strings.ToLower(name)] = takes(typ, name)
	}

	candidates := append([]string{""}, d.source.literalsOf(typ.PkgPath())...)

	for n := range 300 {
		candidates = append(candidates, fmt.Sprint(n))
	}

	out.AnyCase = true

	for _, text := range append(names, candidates...) {
		if !takes(typ, text) || slices.Contains(out.Accepts, text) {
			continue
		}

		if !takes(typ, strings.ToUpper(text)) || !takes(typ, swapHalf(text)) {
			out.AnyCase = false
		}
		// Other spellings of a name that the type itself writes add nothing.
		if slices.Contains(names, text) || !spelled[strings.ToLower(text)] || !takes(typ, strings.ToUpper(text)) {
			out.Accepts = append(out.Accepts, text)
		}
	}

	slices.Sort(out.Accepts)
}

// swapHalf writes the first half of the text in upper and the rest in lower case.
func swapHalf(text string) string {
	half := len(text) / 2

	return strings.ToUpper(text[:half]) + strings.ToLower(text[half:])
}

// stringerNames gives the names of the values of a number type that names its values.
func stringerNames(typ reflect.Type) []string {
	var names []string

	if !typ.Implements(reflect.TypeFor[fmt.Stringer]()) {
		return nil
	}

	try := func(set func(reflect.Value)) {
		value := reflect.New(typ).Elem()
		set(value)
		names = append(names, value.Interface().(fmt.Stringer).String())
	}

	for n := range 1 << 17 {
		switch typ.Kind() {
		case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
			try(func(v reflect.Value) { v.SetInt(int64(n)) })
			try(func(v reflect.Value) { v.SetInt(-int64(n)) })
		case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
			try(func(v reflect.Value) { v.SetUint(uint64(n)) })

			if n < 64 {
				try(func(v reflect.Value) { v.SetUint(1 << n) })
			}
		default:
			return nil
		}
	}

	slices.Sort(names)

	return slices.Compact(names)
}

// takes asks the type to decode a text.
func takes(typ reflect.Type, text string) (ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()

	value := reflect.New(typ)

	switch target := value.Interface().(type) {
	case interface{ UnmarshalYAML(func(any) error) error }:
		return target.UnmarshalYAML(func(into any) error {
			if s, ok := into.(*string); ok {
				*s = text

				return nil
			}

			return fmt.Errorf("not a text")
		}) == nil
	case encoding.TextUnmarshaler:
		return target.UnmarshalText([]byte(text)) == nil
	}

	return false
}
