package oracle

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// source is what the module's source tells beyond its types.
type source struct {
	// literals are the string literals of each package.
	literals map[string]map[string]bool
	// docs are the doc comments of types ("pkg.Type") and fields ("pkg.Type.Field").
	docs   map[string]doc
	schema jsonSchema
}

// doc is what a doc comment says that matters here.
type doc struct {
	deprecated bool
	mentions   []string
}

var (
	deprecation = regexp.MustCompile(`(?s)Deprecated:(.*)`)
	capitalized = regexp.MustCompile(`\b[A-Z]\w*[a-z]\w*[A-Z]\w*\b`)
)

// parseSource reads the source of the module.
func parseSource(dir string) (*source, error) {
	s := &source{literals: map[string]map[string]bool{}, docs: map[string]doc{}}

	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}

		relative, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}

		if entry.IsDir() {
			// Generated messages of the API: large, and no part of the configuration.
			if relative == "api" || entry.Name() == "testdata" {
				return fs.SkipDir
			}

			return nil
		}

		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}

		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}

		s.addFile(modulePath+"/"+filepath.ToSlash(filepath.Dir(relative)), file)

		return nil
	})
	if err != nil {
		return nil, err
	}

	s.schema, err = readJSONSchema(filepath.Join(dir, "config", "schemas", "config.schema.json"))

	return s, err
}

func (s *source) addFile(pkg string, file *ast.File) {
	literals := s.literals[pkg]
	if literals == nil {
		literals = map[string]bool{}
		s.literals[pkg] = literals
	}

	ast.Inspect(file, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.BasicLit:
			if node.Kind == token.STRING {
				if text, err := strconv.Unquote(node.Value); err == nil {
					literals[text] = true
				}
			}
		case *ast.GenDecl:
			for _, spec := range node.Specs {
				if spec, ok := spec.(*ast.TypeSpec); ok {
					comment := spec.Doc
					if comment == nil {
						comment = node.Doc
					}

					s.docs[pkg+"."+spec.Name.Name] = readDoc(comment)
					s.addFields(pkg+"."+spec.Name.Name, spec)
				}
			}
		}

		return true
	})
}

func (s *source) addFields(typ string, spec *ast.TypeSpec) {
	declared, ok := spec.Type.(*ast.StructType)
	if !ok {
		return
	}

	for _, field := range declared.Fields.List {
		for _, name := range field.Names {
			s.docs[typ+"."+name.Name] = readDoc(field.Doc)
		}
	}
}

func readDoc(comment *ast.CommentGroup) doc {
	if comment == nil {
		return doc{}
	}

	found := deprecation.FindStringSubmatch(comment.Text())
	if found == nil {
		return doc{}
	}
	// The paragraph ends with an empty line.
	paragraph, _, _ := strings.Cut(found[1], "\n\n")
	mentions := capitalized.FindAllString(paragraph, -1)
	slices.Sort(mentions)

	return doc{deprecated: true, mentions: slices.Compact(mentions)}
}

func (s *source) typeDoc(pkg, typ string) doc { return s.docs[pkg+"."+typ] }

func (s *source) fieldDoc(pkg, typ, field string) doc { return s.docs[pkg+"."+typ+"."+field] }

// literalsOf lists the string literals of a package.
func (s *source) literalsOf(pkg string) []string {
	var all []string
	for text := range s.literals[pkg] {
		all = append(all, text)
	}

	sort.Strings(all)

	return all
}

// literalsUnder lists the string literals of the packages under a folder of the module.
func (s *source) literalsUnder(folder string) []string {
	var all []string

	for pkg := range s.literals {
		if strings.HasPrefix(pkg, modulePath+"/"+folder) {
			all = append(all, s.literalsOf(pkg)...)
		}
	}

	sort.Strings(all)

	return slices.Compact(all)
}

// jsonSchema is the part of the published JSON schema that is read.
type jsonSchema struct {
	Defs map[string]struct {
		Properties map[string]jsonProperty `json:"properties"`
		Required   []string                `json:"required"`
	} `json:"$defs"`
}

type jsonProperty struct {
	Enum    []any        `json:"enum"`
	Pattern string       `json:"pattern"`
	Minimum *json.Number `json:"minimum"`
	Maximum *json.Number `json:"maximum"`
	Type    any          `json:"type"`
}

func readJSONSchema(path string) (jsonSchema, error) {
	var schema jsonSchema

	text, err := os.ReadFile(path)
	if err != nil {
		return schema, err
	}

	return schema, json.Unmarshal(text, &schema)
}

func (s jsonSchema) has(typ string) bool {
	_, ok := s.Defs[typ]

	return ok
}

func (s jsonSchema) annotate(typ string, field *fieldDump) {
	definition := s.Defs[typ]

	property, ok := definition.Properties[field.Name]
	if !ok {
		return
	}

	field.InSchema = true
	field.Required = slices.Contains(definition.Required, field.Name)
	field.Pattern = property.Pattern

	for _, value := range property.Enum {
		field.Enum = append(field.Enum, fmt.Sprint(value))
	}

	if property.Minimum != nil {
		field.Minimum = property.Minimum.String()
	}

	if property.Maximum != nil {
		field.Maximum = property.Maximum.String()
	}

	if property.Type != nil {
		field.Type = fmt.Sprint(property.Type)
	}
}
