{{- /* A template of Go, as topf and talm fill it in: it isn't YAML, and its parts are. */ -}}
{{- define "labels" }}
machine:
  nodeLables: {}
{{- end }}
# talint: talos=1.13
{{- $disk := .Node.Data.disk }}
machine:
  install:
    {{- if .Node.Data.disk }}
    disk: "{{ index .Node.Data "disk" }}"
    {{- else if .Node.Data.serial }}
    diskSelector:
      serial: {{ .Node.Data.serial | quote }}
    {{- else }}
    diskSelektor: #! schema/unknown-field
      size: ">= 1TB"
    {{- end }}
  kernel:
    modules:
      {{- range .Node.Data.modules }}
      - name: {{ . }}
      {{- end }}
  sysctls:
    {{- toYaml .Values.sysctls | nindent 4 }}
  kubelet:
    extraArgs:
      {{- with .Values.arguments }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
    nodeIP:
      validSubnets: [{{ .Node.Subnet }}, "{{ .Node.Other }}"]
---
apiVersion: v1alpha1
kind: LinkConfig
name: {{ .Node.Link }}
mtu: nine thousand #! schema/wrong-type
{{- if .Node.Address }}
addresses:
  - address: {{ printf "%s/%d" .Node.Address 24 }}
{{- end }}
